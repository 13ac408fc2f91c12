/** What the kernel says of one TCP socket of this process. */
export interface SocketState {
  /** Port of the other end; tells one connection from the next on the same descriptor. */
  readonly peerPort: number;
  /** Milliseconds since data last went out, or since the connection was made. */
  readonly sentAgoMs: number;
  readonly receivedAgoMs: number;
  /** Bytes that the other end has confirmed; 0 before the first answer. */
  readonly sentBytes: bigint;
}

export interface SocketTable {
  /** null: no such descriptor, not TCP, not accepted on `localPort`, or not connected. */
  read(fd: number, localPort: number): SocketState | null;
  /** False past the descriptors that are in use. */
  isOpen(fd: number): boolean;
  /** Sends `last` if there is room, then ends the connection both ways. */
  end(fd: number, last: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  fcntl: { parameters: ["i32", "i32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
} as const;

const IPPROTO_TCP = 6;
const TCP_INFO = 11;
const DONT_WAIT_NO_SIGNAL = 0x40 | 0x4000;
const SHUT_RDWR = 2;
const F_GETFD = 1;
/** Offsets in Linux' struct tcp_info (linux/tcp.h), which only ever grows at its end. */
const LAST_DATA_SENT = 44;
const LAST_DATA_RECV = 52;
const BYTES_ACKED = 120;

/** The socket calls of libc; null where there is none (not Linux, or FFI is not permitted). */
export function openSocketTable(): SocketTable | null {
  if (Deno.build.os !== "linux") return null;
  for (const name of ["libc.so.6", "libc.so"]) {
    try {
      return createTable(Deno.dlopen(name, SYMBOLS));
    } catch { /* another name, or not permitted */ }
  }
  return null;
}

function createTable(libc: Deno.DynamicLibrary<typeof SYMBOLS>): SocketTable {
  const { getsockname, getpeername, getsockopt, fcntl, send, shutdown } = libc.symbols;
  const address = new Uint8Array(28);
  const info = new Uint8Array(192);
  const view = new DataView(info.buffer);
  const length = new Uint32Array(1);
  const lengthBytes = new Uint8Array(length.buffer);
  const portOf = () => (address[2] ?? 0) * 256 + (address[3] ?? 0); // same place in sockaddr_in and sockaddr_in6

  return {
    read(fd, localPort) {
      length[0] = address.length;
      if (getsockname(fd, address, lengthBytes) !== 0 || portOf() !== localPort) return null;
      length[0] = address.length;
      if (getpeername(fd, address, lengthBytes) !== 0) return null;
      const peerPort = portOf();
      length[0] = info.length;
      if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, lengthBytes) !== 0 || (length[0] ?? 0) < 128) {
        return null;
      }
      return {
        peerPort,
        sentAgoMs: view.getUint32(LAST_DATA_SENT, true),
        receivedAgoMs: view.getUint32(LAST_DATA_RECV, true),
        sentBytes: view.getBigUint64(BYTES_ACKED, true),
      };
    },
    isOpen: (fd) => fcntl(fd, F_GETFD) !== -1,
    end(fd, last) {
      if (last.length > 0) send(fd, last, BigInt(last.length), DONT_WAIT_NO_SIGNAL);
      shutdown(fd, SHUT_RDWR);
    },
    close: () => libc.close(),
  };
}
