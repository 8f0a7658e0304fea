/** Reads XML far enough to see that every element is closed and every attribute quoted. */
import * as assert from "uvu/assert";

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Names of the elements around it, outermost first. */
  readonly path: readonly string[];
}

/** All elements in document order. Fails on text that is not well-formed. */
export function elements(xml: string): Element[] {
  const found: Element[] = [];
  const open: string[] = [];
  const tag = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
  for (let at = 0; at < xml.length; ) {
    if (xml[at] !== "<") {
      const next = xml.indexOf("<", at);
      const text = xml.slice(at, next < 0 ? xml.length : next);
      assert.not.match(text, /&(?!(amp|lt|gt|quot|#\d+);)/, `a bare & in ${text}`);
      at += text.length;
      continue;
    }
    tag.lastIndex = at;
    const match = tag.exec(xml);
    assert.ok(match, `not well-formed at: ${xml.slice(at, at + 60)}`);
    const [whole, closing, name, attributes, empty] = match as RegExpExecArray;
    if (closing) assert.is(open.pop(), name);
    else {
      found.push({ name, path: [...open], attributes: parseAttributes(attributes) });
      if (!empty) open.push(name);
    }
    at += whole.length;
  }
  assert.equal(open, []);
  return found;
}

function parseAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
}
