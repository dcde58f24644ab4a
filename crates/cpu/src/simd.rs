//! How kernels become SIMD: plain loops over slices and small arrays, which the compiler vectorises for what it targets.
//! In wasm that is `simd128`, switched on for the whole build. Natively each kernel is compiled three times, for any processor, for
//! one with AVX2 and FMA and for one with AVX-512, and the best one is taken while running.

/// Rows and columns of a tile of registers of a matrix product, as measured: see `docs/performance.md`.
pub(crate) type Tile = (usize, usize);

#[cfg(target_arch = "wasm32")]
pub(crate) const TILE: Tile = (2, 16);
#[cfg(target_arch = "x86_64")]
pub(crate) const TILE: Tile = (6, 16);
#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
pub(crate) const TILE: Tile = (8, 8);

/// The tile where there are 32 registers of 16 numbers.
#[cfg(target_arch = "x86_64")]
pub(crate) const WIDE_TILE: Tile = (12, 32);

/// Whether the processor has those parts of AVX-512 that kernels are compiled for. Asked once, as small kernels would feel it.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn has_avx512() -> bool {
    use std::arch::is_x86_feature_detected as has;
    use std::sync::LazyLock;
    static HAS: LazyLock<bool> = LazyLock::new(|| {
        has!("avx512f") && has!("avx512vl") && has!("avx512dq") && has!("avx512bw") && has!("avx2") && has!("fma")
    });
    *HAS
}

/// The tile that functions made by [`vectorised!`] work with on this processor.
#[inline(always)]
pub(crate) fn tile() -> Tile {
    #[cfg(target_arch = "x86_64")]
    if has_avx512() {
        return WIDE_TILE;
    }
    TILE
}

/// Compiles a function for wide vectors too, and calls that version where the processor has them.
///
/// Inside, `FMA` says whether a product and sum may be one instruction, and `MR` and `NR` are the rows and columns of [`tile`].
macro_rules! vectorised {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        // A function of its own: those who call kernels would become so large that V8 keeps less of them in registers.
        #[inline(never)]
        #[allow(clippy::too_many_arguments)]
        $vis fn $name($($arg: $type),*) $(-> $ret)? {
            #[allow(clippy::too_many_arguments, clippy::extra_unused_type_parameters)]
            #[inline(always)]
            fn body<const FMA: bool, const MR: usize, const NR: usize>($($arg: $type),*) $(-> $ret)? $body

            #[cfg(target_arch = "x86_64")]
            {
                use $crate::simd::WIDE_TILE;
                #[allow(clippy::too_many_arguments)]
                #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
                fn widest($($arg: $type),*) $(-> $ret)? {
                    body::<true, { WIDE_TILE.0 }, { WIDE_TILE.1 }>($($arg),*)
                }
                #[allow(clippy::too_many_arguments)]
                #[target_feature(enable = "avx2,fma")]
                fn wide($($arg: $type),*) $(-> $ret)? {
                    body::<true, { $crate::simd::TILE.0 }, { $crate::simd::TILE.1 }>($($arg),*)
                }
                if $crate::simd::has_avx512() {
                    // SAFETY: the processor has the features that the function is compiled for.
                    return unsafe { widest($($arg),*) };
                }
                if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                    // SAFETY: likewise.
                    return unsafe { wide($($arg),*) };
                }
            }
            body::<false, { $crate::simd::TILE.0 }, { $crate::simd::TILE.1 }>($($arg),*)
        }
    };
}

pub(crate) use vectorised;
