// A customer chat as a plain Go hub: gws for WebSockets, rueidis for the store.
//
// Settings: PORT, STORE_URL (unix:///path), APPEND_SCRIPT (the path of append.lua).
package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"github.com/lxzan/gws"
)

const longestMessage = 256 << 10

func main() {
	script, err := os.ReadFile(os.Getenv("APPEND_SCRIPT"))
	if err != nil {
		log.Fatal(err)
	}
	store, err := openStore(os.Getenv("STORE_URL"), string(script))
	if err != nil {
		log.Fatal(err)
	}
	defer store.close()

	hub := newHub(store)
	upgrader := gws.NewUpgrader(hub, &gws.ServerOption{ReadMaxPayloadSize: longestMessage})
	http.HandleFunc("/ws", func(writer http.ResponseWriter, request *http.Request) {
		socket, err := upgrader.Upgrade(writer, request)
		if err != nil {
			return
		}
		// In a goroutine of its own, so that what the request holds is freed.
		go socket.ReadLoop()
	})
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
