import Glibc

// The module Glibc shows only what is declared without _GNU_SOURCE; these two stand in every glibc since 2.29.

/// pipe2(2).
func pipe2(_ ends: UnsafeMutablePointer<Int32>, _ flags: Int32) -> Int32 {
    typealias Function = @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
    return unsafeBitCast(dlsym(nil, "pipe2"), to: Function.self)(ends, flags)
}

/// posix_spawn_file_actions_addchdir_np(3).
func addWorkingDirectory(
    to actions: UnsafeMutablePointer<posix_spawn_file_actions_t>,
    _ path: UnsafePointer<CChar>
) -> Int32 {
    typealias Function =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32
    return unsafeBitCast(dlsym(nil, "posix_spawn_file_actions_addchdir_np"), to: Function.self)(actions, path)
}
