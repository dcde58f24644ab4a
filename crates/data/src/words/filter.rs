//! Words about violence, abuse and hatred, which a frequency list of news text is full of, and some that insult. They are
//! kept as hashes, so that nobody has to read them here.

/// Whether a word should not be offered to somebody who did not ask for it.
pub(super) fn hurts(word: &str) -> bool {
    HURTING.binary_search(&fnv(word)).is_ok()
}

/// A 32-bit FNV-1a hash (Fowler, Noll, Vo).
fn fnv(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// In order. No other of the words has one of these hashes.
#[rustfmt::skip]
pub(super) const HURTING: &[u32] = &[
    0x06ca_5a98, 0x0735_5e7b, 0x0b9b_93b4, 0x0cbb_1d5a, 0x0cfd_67d3, 0x1062_9bb6, 0x1136_525c, 0x15d4_4dc7, 0x1c71_77e6, 0x1db9_3cae,
    0x1fbf_ea11, 0x2080_fdfe, 0x2095_e8b2, 0x210b_0f5e, 0x23d8_2baf, 0x2a95_f870, 0x312d_9805, 0x350a_6cf8, 0x39fc_c80c, 0x3e97_1350,
    0x4434_59c0, 0x4812_690f, 0x4bf9_f80b, 0x4f70_238c, 0x598d_0af6, 0x5b0e_74dd, 0x5d34_811b, 0x6059_5d0f, 0x6537_d094, 0x7255_79c2,
    0x7d67_d9b2, 0x7e07_8f5f, 0x7e77_8b4b, 0x7e8d_de33, 0x7fb0_e908, 0x8058_ac54, 0x8321_5ded, 0x84e8_23cb, 0x9055_02f5, 0x9236_8a1b,
    0x94f8_77e6, 0x968a_c2d0, 0x9e6d_304f, 0xa0e8_b1a4, 0xa480_4f20, 0xadf8_9f41, 0xb1c4_c6cb, 0xb90a_a4f5, 0xb996_185f, 0xbc80_9d40,
    0xc328_ca2a, 0xc50f_4599, 0xc5a9_f972, 0xd1c0_fef2, 0xd227_19e7, 0xe3c3_d3cb, 0xe4a6_402b, 0xf0fc_0e34, 0xf177_7749, 0xf349_33c7,
    0xf8c3_979a,
];
