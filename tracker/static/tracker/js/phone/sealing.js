// Seals bytes so that only the server can read them again; this phone cannot.
// An envelope is 01 | key id (8) | own point (65) | iv (12) | AES-256-GCM, bound to the entry's id.

const POINT = { name: "ECDH", namedCurve: "P-256" };
const INFO = new TextEncoder().encode("field entry 1");

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
}

function fromBase64url(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function toBase64url(bytes) {
  let plain = "";
  // In pieces: a photo has more bytes than a call may have arguments.
  for (let at = 0; at < bytes.length; at += 32768) {
    plain += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// crypto.randomUUID came with Chrome 92.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// Returns seal(id, bytes) for the server's public key {id, x, y}.
export async function makeSeal(key) {
  const { subtle } = crypto;
  const jwk = { kty: "EC", crv: "P-256", x: key.x, y: key.y };
  const theirs = await subtle.importKey("jwk", jwk, POINT, false, []);
  const point = joined(Uint8Array.of(4), fromBase64url(key.x), fromBase64url(key.y));
  const head = joined(Uint8Array.of(1), fromHex(key.id));

  return async function seal(id, bytes) {
    const own = await subtle.generateKey(POINT, false, ["deriveBits"]);
    const ownPoint = new Uint8Array(await subtle.exportKey("raw", own.publicKey));
    const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256);
    const secret = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: joined(ownPoint, point), info: INFO };
    const aes = { name: "AES-GCM", length: 256 };
    const cipher = await subtle.deriveKey(how, secret, aes, false, ["encrypt"]);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const additionalData = new TextEncoder().encode(id);
    const sealed = await subtle.encrypt({ name: "AES-GCM", iv, additionalData }, cipher, bytes);
    return joined(head, ownPoint, iv, new Uint8Array(sealed));
  };
}
