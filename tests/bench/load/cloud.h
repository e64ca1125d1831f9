// The origin of the benchmarks: as much of Graph, of a tenant's host and of WebDAV as gateway,
// nginx and rclone ask for while they carry files, and no more. It judges nothing: no tokens, no
// names.
//
// Bodies are hashed and dropped, or kept where their path says so (items.h). Content is answered
// directly, whole or in part, so that a proxy that knows nothing of redirects does the same work.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crypto/quickxor.h"
#include "tests/bench/load/body.h"
#include "tests/bench/load/connection.h"
#include "tests/bench/load/items.h"

namespace kerros::bench {

// A file on its way here.
struct Arriving {
  std::string path;
  crypto::QuickXor hash;
  std::shared_ptr<Body> body;  // empty: dropped

  void take(ByteView piece);
};

struct Cloud {
  explicit Cloud(std::string where) : directory(std::move(where)) {}

  Arriving begin(std::string path, std::uint64_t capacity) const;
  const Item& store(Arriving&& file);

  std::string directory;  // of large bodies
  Items items;
  std::unordered_map<std::string, Arriving> sessions;  // by the last segment of their upload URL
  std::uint64_t last_session = 0;
};

struct Answer {
  unsigned status = 200;
  std::string fields = {};  // lines, each with its end
  std::string text = {};
  std::shared_ptr<const Body> held = {};  // while its bytes are sent
  ByteView bytes = {};                    // with `held`, instead of the text
};

// The rest of a request whose head has been read, its body included.
net::awaitable<Answer> answer_graph(Cloud& cloud, Connection& client);
net::awaitable<Answer> answer_webdav(Cloud& cloud, Connection& client);

// The whole of a stored file, or the range that the request asks for.
Answer content_of(const Item& item, const Connection& client);
// The file that comes as this request's body, stored.
net::awaitable<const Item*> receive_file(Cloud& cloud, Connection& client, std::string path);

}  // namespace kerros::bench
