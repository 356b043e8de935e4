"""PyTorch, loaded, which trains nothing: what its libraries take. Argument: threads."""

import peer

peer.configure()
peer.serve(lambda: None, warmup=0)
