// What every part of the page needs of the document.
export const byId = id => document.getElementById(id);

/** An element with properties and children; text children are text, never markup. */
export function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Gives the user a file to keep. */
export function download(name, content, type) {
  const link = make("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

export const percent = share => `${(share * 100).toFixed(1)} %`;
