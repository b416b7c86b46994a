//! The program.

mod cli;

/// A run makes millions of small values on each thread. The C library's allocator takes a fifth more of its time for them.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
