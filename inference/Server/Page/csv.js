// Comma-separated values as RFC 4180 has them.
const field = value => /[",\r\n]/.test(value) ? `"${value.replaceAll("\"", "\"\"")}"` : value;

export const toCsv = rows => rows.map(row => row.map(value => field(String(value ?? ""))).join(",")).join("\r\n") + "\r\n";

/** Gives the user a file to keep. */
export function download(name, text) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}
