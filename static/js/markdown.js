// Markdown that a model or a person wrote, made safe: no HTML, no pictures, links that tell nothing of where they came from.

import MarkdownIt from "../npm/markdown-it/browser/markdown-it.esm.min.mjs";

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: false }).disable("image");
const plainLink = markdown.renderer.rules.link_open ?? ((tokens, at, options, env, self) => self.renderToken(tokens, at, options));

markdown.renderer.rules.link_open = (tokens, at, options, env, self) => {
  tokens[at].attrSet("rel", "noopener noreferrer nofollow");
  tokens[at].attrSet("target", "_blank");
  return plainLink(tokens, at, options, env, self);
};

/** Show `text` in `element`, replacing only the blocks that changed, so that a streamed answer does not flicker. */
export function showMarkdown(element, text) {
  const fresh = document.createElement("template");
  fresh.innerHTML = markdown.render(text);
  const blocks = [...fresh.content.children];
  const old = [...element.children];
  blocks.forEach((block, at) => {
    if (!old[at]) element.append(block);
    else if (old[at].outerHTML !== block.outerHTML) old[at].replaceWith(block);
  });
  for (const left of old.slice(blocks.length)) left.remove();
}
