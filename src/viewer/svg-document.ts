/** Pictures without a browser: lends a document of happy-dom, gives back an SVG file that stands alone. */

/** Calls `draw` with a document and returns its element as the text of an SVG file. */
export async function renderSvg(draw: (document: Document) => Element): Promise<string> {
  const { Window } = await import("happy-dom");
  const window = new Window();
  try {
    const element = draw(window.document as unknown as Document);
    element.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    return `${new window.XMLSerializer().serializeToString(element as never)}\n`;
  } finally {
    await window.happyDOM.close();
  }
}
