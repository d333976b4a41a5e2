module onethread.test/gohub

go 1.25.0

require (
	github.com/lxzan/gws v1.8.9
	github.com/redis/rueidis v1.0.79
)

require (
	github.com/dolthub/maphash v0.1.0 // indirect
	github.com/klauspost/compress v1.17.9 // indirect
	golang.org/x/sys v0.47.0 // indirect
)
