module go-gelf

go 1.26.0

require github.com/grafana/go-gelf/v2 v2.0.1
