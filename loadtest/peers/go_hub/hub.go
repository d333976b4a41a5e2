package main

import (
	"context"
	"encoding/json"
	"log"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lxzan/gws"
)

const (
	storeTimeout = 30 * time.Second
	pingInterval = 25 * time.Second
	pongTimeout  = 2*pingInterval + 10*time.Second
	memberKey    = "member"
)

// Hub holds the connections, and rooms of those that are in one thread.
type Hub struct {
	gws.BuiltinEventHandler
	store        *store
	subscription atomic.Pointer[subscription]
	connections  *gws.ConcurrentMap[*gws.Conn, struct{}]

	mu    sync.Mutex
	rooms map[string]*room
}

// room is a thread's connections on this hub; it is subscribed to as long as there are any.
type room struct {
	changing sync.Mutex // one joins or leaves at a time; guards gone
	gone     bool

	mu      sync.RWMutex
	members map[*gws.Conn]struct{}
}

// member is who a connection is, after its init.
type member struct{ thread, userID, deviceID string }

type inbound struct {
	Type     string `json:"type"`
	UserID   string `json:"user_id"`
	DeviceID string `json:"device_id"`
	CID      string `json:"cid"`
	Text     string `json:"text"`
}

type event struct {
	At     int64  `json:"at"`
	From   string `json:"from"`
	Device string `json:"device"`
	CID    string `json:"cid"`
	Text   string `json:"text"`
}

type eventFrame struct {
	Type  string          `json:"type"`
	Event json.RawMessage `json:"event"`
}

type ackFrame struct {
	Type string `json:"type"`
	CID  string `json:"cid"`
	Seq  int64  `json:"seq"`
	Dup  bool   `json:"dup"`
}

type replayFrame struct {
	Type   string            `json:"type"`
	Thread string            `json:"thread"`
	Events []json.RawMessage `json:"events"`
}

type errorFrame struct {
	Type   string `json:"type"`
	Reason string `json:"reason"`
	CID    string `json:"cid,omitempty"`
}

func newHub(store *store) *Hub {
	hub := &Hub{
		store:       store,
		connections: gws.NewConcurrentMap[*gws.Conn, struct{}](),
		rooms:       make(map[string]*room),
	}
	hub.subscription.Store(store.subscribe(hub.deliver))
	go hub.keepSubscribed()
	go hub.keepAlive()
	return hub
}

// OnOpen begins to watch that the peer lives.
func (h *Hub) OnOpen(socket *gws.Conn) {
	h.connections.Store(socket, struct{}{})
	h.OnPong(socket, nil)
}

// OnPong notes that the peer lives.
func (h *Hub) OnPong(socket *gws.Conn, _ []byte) {
	_ = socket.SetReadDeadline(time.Now().Add(pongTimeout))
}

// OnClose takes the connection out of its thread.
func (h *Hub) OnClose(socket *gws.Conn, _ error) {
	h.connections.Delete(socket)
	if who, ok := socket.Session().Load(memberKey); ok {
		h.leave(socket, who.(member).thread)
	}
}

// OnMessage takes one frame; gws calls it in the connection's own goroutine, one after the other.
func (h *Hub) OnMessage(socket *gws.Conn, message *gws.Message) {
	defer message.Close()
	var frame inbound
	if err := json.Unmarshal(message.Bytes(), &frame); err != nil {
		write(socket, errorFrame{Type: "error", Reason: "bad_frame"})
		return
	}
	who, initialized := socket.Session().Load(memberKey)
	switch {
	case frame.Type == "init" && !initialized && frame.UserID != "" && frame.DeviceID != "":
		h.init(socket, member{"th_" + frame.UserID, frame.UserID, frame.DeviceID})
	case frame.Type == "send" && initialized && frame.CID != "" && frame.Text != "":
		h.send(socket, who.(member), frame)
	default:
		write(socket, errorFrame{Type: "error", Reason: "bad_frame", CID: frame.CID})
	}
}

func (h *Hub) init(socket *gws.Conn, who member) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	err := h.join(ctx, socket, who.thread)
	if err == nil {
		socket.Session().Store(memberKey, who)
		var tail []string
		if tail, err = h.store.Tail(ctx, who.thread); err == nil {
			events := make([]json.RawMessage, len(tail))
			for i, event := range tail {
				events[i] = json.RawMessage(event)
			}
			write(socket, replayFrame{"replay", who.thread, events})
			return
		}
	}
	log.Printf("init: %v", err)
	write(socket, errorFrame{Type: "error", Reason: "store_unavailable"})
}

func (h *Hub) send(socket *gws.Conn, who member, frame inbound) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	body, err := json.Marshal(event{time.Now().UnixMilli(), who.userID, who.deviceID, frame.CID, frame.Text})
	if err == nil {
		var seq int64
		var known bool
		if seq, known, err = h.store.Append(ctx, who.thread, frame.CID, body); err == nil {
			write(socket, ackFrame{"ack", frame.CID, seq, known})
			return
		}
	}
	log.Printf("send: %v", err)
	write(socket, errorFrame{Type: "error", Reason: "store_unavailable", CID: frame.CID})
}

// deliver writes an event to all of its thread's connections here; called in the order of the thread's log.
func (h *Hub) deliver(thread, event string) {
	h.mu.Lock()
	room := h.rooms[thread]
	h.mu.Unlock()
	if room == nil {
		return
	}
	payload, err := json.Marshal(eventFrame{"event", json.RawMessage(event)})
	if err != nil {
		log.Printf("deliver: %v", err)
		return
	}
	frame := gws.NewBroadcaster(gws.OpcodeText, payload)
	defer frame.Close()
	room.mu.RLock()
	defer room.mu.RUnlock()
	for socket := range room.members {
		_ = frame.Broadcast(socket)
	}
}

func (h *Hub) join(ctx context.Context, socket *gws.Conn, thread string) error {
	for {
		h.mu.Lock()
		joined := h.rooms[thread]
		if joined == nil {
			joined = &room{members: make(map[*gws.Conn]struct{})}
			h.rooms[thread] = joined
		}
		h.mu.Unlock()
		if done, err := h.enter(ctx, joined, socket, thread); done {
			return err
		}
	}
}

// enter answers false if the room was given up meanwhile.
func (h *Hub) enter(ctx context.Context, joined *room, socket *gws.Conn, thread string) (bool, error) {
	joined.changing.Lock()
	defer joined.changing.Unlock()
	if joined.gone {
		return false, nil
	}
	if len(joined.members) == 0 {
		if err := h.subscription.Load().add(ctx, thread); err != nil {
			h.giveUp(joined, thread)
			return true, err
		}
	}
	joined.mu.Lock()
	joined.members[socket] = struct{}{}
	joined.mu.Unlock()
	return true, nil
}

func (h *Hub) leave(socket *gws.Conn, thread string) {
	h.mu.Lock()
	left := h.rooms[thread]
	h.mu.Unlock()
	left.changing.Lock()
	defer left.changing.Unlock()
	left.mu.Lock()
	delete(left.members, socket)
	left.mu.Unlock()
	if len(left.members) > 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	if err := h.subscription.Load().remove(ctx, thread); err != nil {
		log.Printf("unsubscribe: %v", err)
	}
	h.giveUp(left, thread)
}

func (h *Hub) giveUp(empty *room, thread string) {
	empty.gone = true
	h.mu.Lock()
	delete(h.rooms, thread)
	h.mu.Unlock()
}

// keepSubscribed subscribes to all threads again on a new connection whenever one was lost.
func (h *Hub) keepSubscribed() {
	for {
		lost := h.subscription.Load()
		log.Printf("the subscription ended: %v", <-lost.lost)
		lost.release()
		time.Sleep(firstRetry)
		h.subscription.Store(h.store.subscribe(h.deliver))
		if err := h.subscription.Load().add(context.Background(), h.threads()...); err != nil {
			log.Printf("subscribe: %v", err)
		}
	}
}

func (h *Hub) threads() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	threads := make([]string, 0, len(h.rooms))
	for thread := range h.rooms {
		threads = append(threads, thread)
	}
	return threads
}

// keepAlive pings everyone; whoever does not answer in time runs into the read deadline.
func (h *Hub) keepAlive() {
	for range time.Tick(pingInterval) {
		h.connections.Range(func(socket *gws.Conn, _ struct{}) bool {
			_ = socket.WritePing(nil)
			return true
		})
	}
}

func write(socket *gws.Conn, frame any) {
	payload, err := json.Marshal(frame)
	if err != nil {
		log.Printf("write: %v", err)
		return
	}
	_ = socket.WriteMessage(gws.OpcodeText, payload)
}
