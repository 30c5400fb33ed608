"""Our intent classifier beside its peers on a public data set (`make bench-nlu`)."""
