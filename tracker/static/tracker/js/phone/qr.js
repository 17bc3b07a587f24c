// Draws bytes as a QR code (ISO/IEC 18004), level L, byte mode, one fixed mask: what is drawn here is
// sealed and looks like noise, so no mask is better than another. Small, since every phone loads it.

// By version, 1 to 40: codewords of correction in a block, and how many blocks.
const CORRECTION = [
  7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28,
].concat(new Array(14).fill(30));
const BLOCKS = [
  1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17,
  18, 19, 19, 20, 21, 22, 24, 25,
];
const FORMAT_L_MASK_0 = 0x77c4;
export const MOST_BYTES = 2953;

function bitsFor(version) {
  const around = version > 1 ? Math.floor(version / 7) + 2 : 0;
  const alignment = around ? (25 * around - 10) * around - 55 : 0;
  return (16 * version + 128) * version + 64 - alignment - (version > 6 ? 36 : 0);
}

function roomFor(version) {
  return (bitsFor(version) >> 3) - CORRECTION[version - 1] * BLOCKS[version - 1];
}

function times(x, y) {
  let z = 0;
  for (let i = 7; i >= 0; i -= 1) {
    z = (z << 1) ^ ((z >>> 7) * 0x11d);
    z ^= ((y >>> i) & 1) * x;
  }
  return z;
}

function divisorOf(degree) {
  const result = new Array(degree - 1).fill(0).concat(1);
  let root = 1;
  for (let i = 0; i < degree; i += 1) {
    for (let j = 0; j < degree; j += 1) {
      result[j] = times(result[j], root) ^ (j + 1 < degree ? result[j + 1] : 0);
    }
    root = times(root, 2);
  }
  return result;
}

function correctionOf(data, divisor) {
  const rest = new Array(divisor.length).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    divisor.forEach((value, i) => {
      rest[i] ^= times(value, factor);
    });
  }
  return rest;
}

function codewords(bytes, version) {
  const bits = [];
  const put = (value, length) => {
    for (let i = length - 1; i >= 0; i -= 1) bits.push((value >>> i) & 1);
  };
  const room = roomFor(version) * 8;
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach((byte) => put(byte, 8));
  put(0, Math.min(4, room - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < room; pad ^= 0xfd) put(pad, 8);
  const words = [];
  for (let i = 0; i < bits.length; i += 8) words.push(parseInt(bits.slice(i, i + 8).join(""), 2));
  return words;
}

// Cut into blocks, each with its correction, then dealt out one codeword of each in turn.
function dealt(words, version) {
  const [count, degree] = [BLOCKS[version - 1], CORRECTION[version - 1]];
  const total = bitsFor(version) >> 3;
  const short = Math.floor(total / count) - degree;
  const shorts = count - (total % count);
  const divisor = divisorOf(degree);
  const blocks = [];
  for (let i = 0, at = 0; i < count; i += 1) {
    const data = words.slice(at, at + short + (i < shorts ? 0 : 1));
    at += data.length;
    blocks.push([data, correctionOf(data, divisor)]);
  }
  const result = [];
  for (const half of [0, 1]) {
    for (let i = 0; i < (half ? degree : short + 1); i += 1) {
      for (const block of blocks) if (i < block[half].length) result.push(block[half][i]);
    }
  }
  return result;
}

function centres(version, size) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const result = [6];
  for (let at = size - 7; result.length < count; at -= step) result.splice(1, 0, at);
  return result;
}

function versionBits(version) {
  let rest = version;
  for (let i = 0; i < 12; i += 1) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  return (version << 12) | rest;
}

// The fixed parts: cells[y][x] is 0 or 1 there and undefined where data goes.
function frame(version) {
  const size = version * 4 + 17;
  const cells = Array.from({ length: size }, () => new Array(size));
  const set = (x, y, value) => {
    if (cells[y] && x >= 0 && x < size) cells[y][x] = Number(value);
  };
  const square = (x, y, reach, isDark) => {
    for (let dy = -reach; dy <= reach; dy += 1) {
      for (let dx = -reach; dx <= reach; dx += 1) {
        set(x + dx, y + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  };
  for (let i = 0; i < size; i += 1) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  const middles = centres(version, size);
  const last = middles.length - 1;
  middles.forEach((x, i) =>
    middles.forEach((y, j) => {
      const isCorner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
      if (!isCorner) square(x, y, 2, (far) => far !== 1);
    }),
  );
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    square(x, y, 4, (far) => far !== 2 && far !== 4);
  }
  const format = (i) => (FORMAT_L_MASK_0 >>> i) & 1;
  for (let i = 0; i < 15; i += 1) {
    set(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, format(i));
    set(i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, 8, format(i));
  }
  set(8, size - 8, 1);
  for (let i = 0; version > 6 && i < 18; i += 1) {
    const [far, near] = [size - 11 + (i % 3), Math.floor(i / 3)];
    const bit = (versionBits(version) >>> i) & 1;
    set(far, near, bit);
    set(near, far, bit);
  }
  return cells;
}

// Returns rows of 0 and 1. Bytes beyond MOST_BYTES do not fit and give null.
export function encode(bytes) {
  let version = 1;
  const needed = () => bytes.length + (version < 10 ? 2 : 3);
  while (version <= 40 && roomFor(version) < needed()) version += 1;
  if (version > 40) return null;
  const cells = frame(version);
  const size = cells.length;
  const words = dealt(codewords(bytes, version), version);
  let at = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const isUp = ((right + 1) & 2) === 0;
      const y = isUp ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (cells[y][x] !== undefined) continue;
        const bit = at < words.length * 8 ? (words[at >>> 3] >>> (7 - (at & 7))) & 1 : 0;
        cells[y][x] = bit ^ ((x + y) % 2 === 0 ? 1 : 0);
        at += 1;
      }
    }
  }
  return cells;
}
