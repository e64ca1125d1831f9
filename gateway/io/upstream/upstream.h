// Connections towards Microsoft's hosts: allow-listed, verified, kept for the next request.
//
// Thread safety: one Upstream per io thread, used on its executor only. Lifetime: a Lease returns
// its connection when release() is called and closes it otherwise.
// Errors: Refused(kUpstreamUnreachable) when no connection can be had.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/config.h"
#include "gateway/io/asio.h"
#include "gateway/io/wire/http_connection.h"
#include "gateway/tls/buffer_pool.h"
#include "gateway/tls/context.h"

namespace kerros::io {

// An https URL taken apart without decoding anything: its path and query go upstream octet for
// octet. nullopt for other schemes, user info, fragments and ports other than 443.
struct UpstreamUrl {
  std::string host;
  std::string target;
};
std::optional<UpstreamUrl> parse_upstream_url(std::string_view url);

bool is_content_host(const Config::Upstream& config, std::string_view host);

class Upstream {
 public:
  Upstream(net::any_io_executor executor, tls::BufferPool& buffers);

  class Lease {
   public:
    Lease(Upstream& owner, std::string host, std::unique_ptr<HttpConnection> connection);
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease();  // resets the connection unless it was released
    HttpConnection& operator*() { return *connection_; }
    HttpConnection* operator->() { return connection_.get(); }
    const HttpConnection* operator->() const { return connection_.get(); }
    const std::string& host() const { return host_; }
    void release();  // the exchange is over: keep the connection if it can be kept

   private:
    Upstream* owner_;
    std::string host_;
    std::unique_ptr<HttpConnection> connection_;
  };

  // `config` and `context` come from the snapshot of the request. With `fresh` no kept connection
  // is taken.
  net::awaitable<Lease> acquire(const Config& config, std::shared_ptr<tls::Context> context,
                                std::string host, bool fresh = false);

  // Sends a head, ready for its body.
  static net::awaitable<void> send_head(Lease& lease, const Config& config, std::string_view method,
                                        std::string_view target, graph::Fields fields);

  // The head of the answer, which must begin within the answer's own time limit.
  static net::awaitable<graph::ResponseHead> read_head(Lease& lease, const Config& config,
                                                       graph::Method asked);

  // Before the executor goes: sockets must not outlive it.
  void close_all();

  struct Request {
    std::string host;
    graph::Method method = graph::Method::kGet;
    std::string target;
    graph::Fields fields;
    std::string body;  // small: JSON
  };
  struct Response {
    Lease lease;
    graph::ResponseHead head;  // its body is unread
  };
  // A whole small request and the head of its answer. Sent once more on a fresh connection when a
  // kept one turns out to be dead before it answered.
  net::awaitable<Response> request(const Config& config, std::shared_ptr<tls::Context> context,
                                   Request request);

 private:
  struct Kept {
    std::unique_ptr<HttpConnection> connection;
    std::chrono::steady_clock::time_point since;
  };
  net::awaitable<std::unique_ptr<HttpConnection>> connect(const Config& config,
                                                          std::shared_ptr<tls::Context> context,
                                                          const std::string& host);
  std::unique_ptr<HttpConnection> take_kept(const std::string& host);
  net::awaitable<Response> request_once(const Config& config, std::shared_ptr<tls::Context> context,
                                        const Request& request, bool fresh);

  net::any_io_executor executor_;
  tls::BufferPool& buffers_;
  std::unordered_map<std::string, std::vector<Kept>> kept_;
};

}  // namespace kerros::io
