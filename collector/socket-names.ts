/** The numbers of sockets, as the names that users write in rules. */
import { flagNames, type Names } from './flags.ts'
import { AddressFamily, SocketType } from './sockets.ts'

/** include/linux/socket.h; the index is the number. */
const families = [
  ...['AF_UNSPEC', 'AF_UNIX', 'AF_INET', 'AF_AX25', 'AF_IPX', 'AF_APPLETALK', 'AF_NETROM', 'AF_BRIDGE', 'AF_ATMPVC'],
  ...['AF_X25', 'AF_INET6', 'AF_ROSE', 'AF_DECnet', 'AF_NETBEUI', 'AF_SECURITY', 'AF_KEY', 'AF_NETLINK', 'AF_PACKET'],
  ...['AF_ASH', 'AF_ECONET', 'AF_ATMSVC', 'AF_RDS', 'AF_SNA', 'AF_IRDA', 'AF_PPPOX', 'AF_WANPIPE', 'AF_LLC', 'AF_IB'],
  ...['AF_MPLS', 'AF_CAN', 'AF_TIPC', 'AF_BLUETOOTH', 'AF_IUCV', 'AF_RXRPC', 'AF_ISDN', 'AF_PHONET', 'AF_IEEE802154'],
  ...['AF_CAIF', 'AF_ALG', 'AF_NFC', 'AF_VSOCK', 'AF_KCM', 'AF_QIPCRTR', 'AF_SMC', 'AF_XDP', 'AF_MCTP']
] as const

/** `AF_INET`; the number where it has no name. */
export function familyName(family: number): string {
  return families[family] ?? `${family}`
}

/** The type of a socket is the low part of the argument, the flags are the rest: include/linux/net.h, SOCK_TYPE_MASK. */
const typeMask = 0xf

export const socketType = (argument: number): number => argument & typeMask

export const socketFlags = (argument: number): number => argument & ~typeMask

const flagsOfSockets: Names = [
  [0o4000, 'SOCK_NONBLOCK'],
  [0o2000000, 'SOCK_CLOEXEC']
]

/** `SOCK_NONBLOCK|SOCK_CLOEXEC`, or `0`. */
export function socketFlagNames(flags: number): string {
  return flagNames(flags, flagsOfSockets) || '0'
}

/** The family of the socket that the kernel makes: it still takes an old way to ask for a packet socket. */
export function familyMade(family: number, type: number): number {
  return family === AddressFamily.inet && socketType(type) === SocketType.packet ? AddressFamily.packet : family
}
