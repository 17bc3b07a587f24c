// What is kept, as text that can be carried by file or by QR: sealed, one line an entry and one for the clock.

// A code of this many characters is still read off an old, scratched screen.
const PER_CODE = 1300;

// The phone's own clock goes first, sealed as well: the file may travel for days. `shift` is what the
// server last said must be added to it; ages are those of entries older than the clock was set.
async function clockLine(rows, { seal, newId, toText, ageOf, shift }) {
  const now = Date.now();
  const ages = {};
  for (const { id, at } of rows) {
    const age = ageOf(id);
    if (age !== null && Math.abs(now - at - age) > 1000) ages[id] = age;
  }
  const said = JSON.stringify({ v: 1, now: new Date(now).toISOString(), shift, ages });
  const id = newId();
  return `NOW1.${id}.${toText(await seal(id, new TextEncoder().encode(said)))}`;
}

export async function linesOf(rows, known) {
  if (rows.length === 0) return [];
  const lines = rows.map((row) => `EVT1.${row.id}.${row.seq}.${known.toText(row.sealed)}`);
  return [await clockLine(rows, known), ...lines];
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
