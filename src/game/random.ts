/**
 * xoshiro128** (Blackman & Vigna, 2018): four 32-bit words of state, period 2^128 - 1, seeded by the mixing function of
 * splitmix32. All chance in the program comes from such a stream, which is passed explicitly. So a seed reproduces a run.
 */
export class Random {
  private readonly s = new Uint32Array(4);

  /** Equal keys give equal streams. Different keys (seed, game, purpose, …) give unrelated streams. */
  constructor(...keys: number[]) {
    this.reseed(...keys);
  }

  /** Starts the stream of `new Random(...keys)`. Each word of the state is a different hash of all keys. */
  reseed(...keys: number[]): void {
    for (let i = 0; i < 4; i++) {
      let h = Math.imul(i + 1, 0x9e3779b9) | 0;
      for (const key of keys) {
        h = (mix(h ^ (key | 0)) + 0x9e3779b9) | 0;
        h = (mix(h ^ (Math.floor(key / 2 ** 32) | 0)) + 0x9e3779b9) | 0;
      }
      this.s[i] = mix(h ^ keys.length);
    }
    if ((this.s[0]! | this.s[1]! | this.s[2]! | this.s[3]!) === 0) this.s[0] = 1;
  }

  /** A 32-bit unsigned integer. */
  next(): number {
    const s = this.s;
    const a = s[0]!;
    const b = s[1]!;
    let c = s[2]!;
    let d = s[3]!;
    const x = Math.imul(b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    c ^= a;
    d ^= b;
    s[1] = b ^ c;
    s[0] = a ^ d;
    s[2] = c ^ (b << 9);
    s[3] = (d << 11) | (d >>> 21);
    return result;
  }

  /** A float in [0, 1) with 32 random bits. */
  float(): number {
    return this.next() / 2 ** 32;
  }

  /** An integer in [0, n), where 1 <= n <= 2^32. The bias is below n / 2^53. */
  int(n: number): number {
    return Math.floor(((this.next() * 2 ** 21 + (this.next() >>> 11)) / 2 ** 53) * n);
  }

  /** A standard Gumbel variate, -ln(-ln u). */
  gumbel(): number {
    return -Math.log(-Math.log((this.next() + 0.5) / 2 ** 32));
  }

  /** A standard normal variate (Box–Muller; the second of the pair is not used). */
  normal(): number {
    const u = (this.next() + 0.5) / 2 ** 32;
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.float());
  }

  /** A gamma variate of the given shape > 0 and scale 1 (Marsaglia & Tsang, 2000). */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.float()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.float()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  /** Returns the four words of state, for `restore`. */
  save(): number[] {
    return [...this.s];
  }

  /** Continues from the state that `save` returned. */
  restore(words: readonly number[]): void {
    this.s.set(words);
  }
}

/** The output function of splitmix32: a bijection of 32-bit integers that separates neighbouring inputs. */
function mix(z: number): number {
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
