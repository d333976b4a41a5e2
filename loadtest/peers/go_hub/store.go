package main

import (
	"context"
	"time"

	"github.com/redis/rueidis"
)

const (
	tail          = 50
	channelPrefix = "thread:"
	firstRetry    = 100 * time.Millisecond
)

// store keeps threads' logs, and carries what is appended to every hub that has subscribed to the thread.
type store struct {
	client rueidis.Client
	append *rueidis.Lua
}

func openStore(url, script string) (*store, error) {
	option, err := rueidis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	// As rueidis advises for servers under load: fewer system calls for 20 µs at most. One connection for all
	// commands in place of four fills its pipeline better: the least CPU a message of what was tried.
	option.MaxFlushDelay = 20 * time.Microsecond
	option.PipelineMultiplex = -1
	client, err := rueidis.NewClient(option)
	if err != nil {
		return nil, err
	}
	return &store{client: client, append: rueidis.NewLuaScript(script)}, nil
}

func (s *store) close() { s.client.Close() }

// Append stores an event, once for a cid, and publishes it; it answers its seq, and whether the cid was known.
func (s *store) Append(ctx context.Context, thread, cid string, event []byte) (int64, bool, error) {
	keys := []string{thread + ":log", thread + ":cids"}
	args := []string{cid, rueidis.BinaryString(event), channelPrefix + thread}
	reply, err := s.append.Exec(ctx, s.client, keys, args).AsIntSlice()
	if err != nil {
		return 0, false, err
	}
	return reply[0], reply[1] == 1, nil
}

// Tail answers a thread's last events, each as JSON.
func (s *store) Tail(ctx context.Context, thread string) ([]string, error) {
	command := s.client.B().Lrange().Key(thread + ":log").Start(-tail).Stop(-1).Build()
	return s.client.Do(ctx, command).AsStrSlice()
}

// subscription is a connection of its own, on which channels come and go.
type subscription struct {
	connection rueidis.DedicatedClient
	release    func()
	lost       <-chan error
}

func (s *store) subscribe(heard func(thread, event string)) *subscription {
	connection, release := s.client.Dedicate()
	lost := connection.SetPubSubHooks(rueidis.PubSubHooks{
		OnMessage: func(message rueidis.PubSubMessage) {
			heard(message.Channel[len(channelPrefix):], message.Message)
		},
	})
	return &subscription{connection, release, lost}
}

func (s *subscription) add(ctx context.Context, threads ...string) error {
	if len(threads) == 0 {
		return nil
	}
	return s.connection.Do(ctx, s.connection.B().Subscribe().Channel(channels(threads)...).Build()).Error()
}

func (s *subscription) remove(ctx context.Context, thread string) error {
	return s.connection.Do(ctx, s.connection.B().Unsubscribe().Channel(channelPrefix+thread).Build()).Error()
}

func channels(threads []string) []string {
	names := make([]string, len(threads))
	for i, thread := range threads {
		names[i] = channelPrefix + thread
	}
	return names
}
