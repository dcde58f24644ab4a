//! How kernels become SIMD: plain loops over slices and small arrays, which the compiler vectorises for what it targets.
//! In wasm that is `simd128`, switched on for the whole build. Natively each kernel is compiled twice, for any processor and
//! for one with AVX2 and FMA, and the better one is taken while running.

/// Compiles a function for wide vectors too, and calls that version where the processor has them.
///
/// Inside, `FMA` says whether a product and sum may be one instruction.
macro_rules! vectorised {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        // A function of its own: those who call kernels would become so large that V8 keeps less of them in registers.
        #[inline(never)]
        #[allow(clippy::too_many_arguments)]
        $vis fn $name($($arg: $type),*) $(-> $ret)? {
            #[allow(clippy::too_many_arguments, clippy::extra_unused_type_parameters)]
            #[inline(always)]
            fn body<const FMA: bool>($($arg: $type),*) $(-> $ret)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[allow(clippy::too_many_arguments)]
                #[target_feature(enable = "avx2,fma")]
                fn wide($($arg: $type),*) $(-> $ret)? {
                    body::<true>($($arg),*)
                }
                if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                    // SAFETY: the processor has the features that the function is compiled for.
                    return unsafe { wide($($arg),*) };
                }
            }
            body::<false>($($arg),*)
        }
    };
}

pub(crate) use vectorised;
