// Takes GELF over UDP with the library of Graylog's makers, as Grafana keeps it, and writes each message to a file, as a line of
// JSON: what Promtail does, without the rest of it.
package main

import (
	"bytes"
	"log"
	"os"

	"github.com/grafana/go-gelf/v2/gelf"
)

func main() {
	reader, err := gelf.NewReader(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	output, err := os.Create(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	for {
		message, err := reader.ReadMessage()
		if err != nil {
			log.Print(err)
			continue
		}
		var line bytes.Buffer
		if err := message.MarshalJSONBuf(&line); err != nil {
			log.Print(err)
			continue
		}
		line.WriteByte('\n')
		output.Write(line.Bytes())
	}
}
