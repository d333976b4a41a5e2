// A customer chat as Socket.IO's documentation sets one up: a room a thread, the Redis adapter between servers,
// the log in Redis. Settings: PORT, STORE_SOCKET (the store's Unix socket), ADAPTER (classic or sharded).
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";

const TAIL = 50;

const redis = new Redis({ path: process.env.STORE_SOCKET, enableAutoPipelining: true });
redis.defineCommand("append", {
  numberOfKeys: 2,
  lua: readFileSync(new URL("../append.lua", import.meta.url), "utf8"),
});
const subscriber = redis.duplicate();

const http = createServer();
const io = new Server(http, {
  adapter:
    process.env.ADAPTER === "sharded"
      ? createShardedAdapter(redis, subscriber)
      : createAdapter(redis, subscriber),
  transports: ["websocket"],
  perMessageDeflate: false,
  serveClient: false,
});

// As the documentation advises for memory: the first request of a connection is needed no more.
io.engine.on("connection", (connection) => {
  connection.request = null;
});

io.use((socket, next) => {
  const { userId, deviceId } = socket.handshake.auth;
  if (typeof userId !== "string" || typeof deviceId !== "string") {
    return next(new Error("userId and deviceId are required"));
  }
  socket.data = { userId, deviceId, thread: `th_${userId}` };
  next();
});

io.on("connection", async (socket) => {
  const { userId, deviceId, thread } = socket.data;

  socket.on("send", async (message, ack) => {
    const { cid, text } = message ?? {};
    if (typeof cid !== "string" || typeof text !== "string" || typeof ack !== "function") return;
    const event = { at: Date.now(), from: userId, device: deviceId, cid, text };
    try {
      const [seq, known] = await redis.append(
        `${thread}:log`,
        `${thread}:cids`,
        cid,
        JSON.stringify(event),
        "",
      );
      if (!known) io.to(thread).emit("event", { seq, ...event });
      ack({ cid, seq, dup: known === 1 });
    } catch (error) {
      console.error(error);
      ack({ cid, error: "store_unavailable" });
    }
  });

  try {
    await socket.join(thread);
    const tail = await redis.lrange(`${thread}:log`, -TAIL, -1);
    socket.emit("replay", { thread, events: tail.map((event) => JSON.parse(event)) });
  } catch (error) {
    console.error(error);
    socket.disconnect(true);
  }
});

http.listen(Number(process.env.PORT), "127.0.0.1");
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    io.disconnectSockets(true);
    process.exit(0);
  });
}
