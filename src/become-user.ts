/** Giving up root for the user whose files are to be used: what root makes there would lock that user out. */

/** Makes this process that of the user, for good. To be called by root, before there is any other thread. */
export function becomeUser({ uid, gid }: { readonly uid: number; readonly gid: number }): void {
  process.setgroups?.([gid])
  process.setgid?.(gid)
  process.setuid?.(uid)
}
