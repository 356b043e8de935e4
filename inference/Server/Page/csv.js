// Comma-separated values as RFC 4180 has them.
const field = value => /[",\r\n]/.test(value) ? `"${value.replaceAll("\"", "\"\"")}"` : value;

export const toCsv = rows => rows.map(row => row.map(value => field(String(value ?? ""))).join(",")).join("\r\n") + "\r\n";
