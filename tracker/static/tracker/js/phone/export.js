// What is kept, as text that can be carried by file or by QR: sealed, one line an entry.

// A code of this many characters is still read off an old, scratched screen.
const PER_CODE = 1300;

export function linesOf(rows, toText) {
  return rows.map((row) => `EVT1.${row.id}.${row.seq}.${toText(row.sealed)}`);
}

export function saveFile(lines, day) {
  const url = URL.createObjectURL(new Blob([`${lines.join("\n")}\n`], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  // As neutral as the title: it may be seen among the downloads.
  link.download = `notes-${day}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// Whole lines only, so that each code can be taken in by itself; one longer line has a code alone.
export function codesOf(lines) {
  const codes = [];
  let text = "";
  for (const line of lines) {
    if (text && text.length + line.length >= PER_CODE) {
      codes.push(text);
      text = "";
    }
    text += text ? `\n${line}` : line;
  }
  return text ? [...codes, text] : codes;
}

// Draws one code as SVG, dark on light in night mode as well: scanners want it so.
// An entry too long for any code gives null; it goes by file.
export function drawCode(encode, text) {
  const cells = encode(new TextEncoder().encode(text));
  if (!cells) return null;
  const path = cells.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  // The quiet zone is four modules wide.
  svg.setAttribute("viewBox", `-4 -4 ${cells.length + 8} ${cells.length + 8}`);
  svg.setAttribute("class", "scan");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawn.setAttribute("d", path.join(""));
  svg.append(drawn);
  return svg;
}
