"""A newcomer of a company: in by its sign-in, the second step set up and asked for, then a passkey in place of all."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import look
from tests.browser.steps import found
from tests.stack import Stack

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_out(page: Page) -> None:
    page.locator(".account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def demanded_of_others(page: Page, here: str, browser: Browser, stack: Stack) -> None:
    """Who has a second step demands one of a team; a member without one is led to it and sees nothing else of the team."""
    page.goto(f"{here}/team/")
    page.get_by_label("Name").fill("The vault")
    page.get_by_role("button", name="Make a team").click()
    page.get_by_role("button", name="Make a link").click()
    path = urlsplit(page.locator("#invitation-link").inner_text()).path
    other = browser.new_context(base_url=stack.url, locale="en-GB")
    other.add_cookies([{"name": "sessionid", "value": stack.session(stack.new_name()), "url": stack.url}])
    guest = other.new_page()
    guest.goto(path)
    guest.get_by_role("button", name="Join").click()
    expect(guest.get_by_role("navigation", name="Studio")).to_be_visible()
    page.get_by_label("What everybody has to have").select_option("own")
    page.locator("#second-step-part").get_by_role("button", name="Save").click()
    expect(page.locator("#second-step-part")).to_contain_text("Kept out until they have one")
    assert found(page) == []
    look(guest, "/gallery/")
    expect(guest.get_by_role("heading", name="The vault asks for a second step")).to_be_visible()
    guest.get_by_role("link", name="Set one up on my account page").click()
    expect(guest.get_by_role("button", name="Set it up")).to_be_visible()
    other.close()


def test_by_company_then_with_a_code_then_by_passkey(
    anonymous_page: Page, browser: Browser, stack: Stack
) -> None:
    page = anonymous_page
    here = stack.url.replace("127.0.0.1", "localhost")  # keys belong to a name
    assert stack.company is not None
    stack.company.person = {
        "sub": "d-1",
        "email": "dora@harbour.example",
        "email_verified": True,
        "name": "Dora",
    }
    look(page, f"{here}/signin/?next=/account/")
    page.get_by_role("link", name="Sign in with Harbour & Sons").click()
    expect(page.get_by_label("E-mail address")).to_have_value("dora@harbour.example")

    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_alt_text("QR code")).to_be_visible()
    assert found(page) == []
    app = pyotp.TOTP((page.locator("#totp-secret").text_content() or "").replace(" ", ""))
    page.get_by_label("Code that the app shows").fill(app.now())
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="The second step is on")).to_be_visible()
    recovery = (page.locator("#recovery").text_content() or "").split()
    assert len(recovery) == 10
    assert found(page) == []
    page.get_by_role("link", name="I have kept them").click()

    sign_out(page)
    page.get_by_role("link", name="Sign in with Harbour & Sons").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert found(page) == []
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Go in").click()
    expect(page.get_by_text("That code is not right")).to_be_visible()
    page.get_by_label("Code").fill(app.at(time.time() + 30))  # this half minute's is used
    page.get_by_role("button", name="Go in").click()
    expect(page.get_by_role("navigation", name="Studio")).to_be_visible()
    demanded_of_others(page, here, browser, stack)

    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    page.goto(f"{here}/account/")
    page.get_by_label("What you call this device").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("added")).to_be_visible()
    kept = device.send("WebAuthn.getCredentials", {"authenticatorId": made})["credentials"]
    assert [key["rpId"] for key in kept] == ["localhost"]
    look(page, f"{here}/account/")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("navigation", name="Studio")).to_be_visible()  # no code was asked for

    page.goto(f"{here}/account/")
    page.get_by_label("Code").fill(recovery[0])
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_role("button", name="Set it up")).to_be_visible()
    page.get_by_role("button", name="Remove Laptop").click()
    page.get_by_role("button", name="Remove, really").click()
    expect(page.get_by_text("Laptop")).to_have_count(0)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That passkey opens no account here.")).to_be_visible()
