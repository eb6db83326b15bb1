// The printed link is one click: a browser goes on by itself. What only previews links runs no script and spends nothing.

document.getElementById("signin-link")?.requestSubmit();
