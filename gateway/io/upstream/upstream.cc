#include "gateway/io/upstream/upstream.h"

#include <sys/socket.h>

#include <algorithm>
#include <cctype>

#include "gateway/io/refused.h"
#include "gateway/io/upstream/dial.h"
#include "gateway/proxy/host_name.h"

namespace kerros::io {

namespace {

constexpr std::uint16_t kHttps = 443;
constexpr std::size_t kKeptPerHost = 64;
constexpr auto kKeptFor = std::chrono::seconds(20);  // shorter than what servers usually allow

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

// A kept connection that has something to read was closed (or spoken on) by the peer.
bool is_quiet(tls::Stream& stream) {
  char byte = 0;
  const auto got = ::recv(stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

std::optional<UpstreamUrl> parse_upstream_url(std::string_view url) {
  constexpr std::string_view scheme = "https://";
  if (url.size() <= scheme.size() || !equal_without_case(url.substr(0, scheme.size()), scheme))
    return std::nullopt;
  url.remove_prefix(scheme.size());
  const std::size_t path = url.find_first_of("/?#");
  std::string_view host = url.substr(0, path);
  if (host.ends_with(":443")) host.remove_suffix(4);
  const bool plain = !host.empty() && std::ranges::all_of(host, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
  });
  if (!plain || path == std::string_view::npos || url[path] != '/' ||
      url.find('#') != std::string_view::npos)
    return std::nullopt;
  for (const char c : url.substr(path))
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) == 0x7f)
      return std::nullopt;
  UpstreamUrl parsed{std::string(host), std::string(url.substr(path))};
  std::ranges::transform(parsed.host, parsed.host.begin(), lower);
  return parsed;
}

bool is_content_host(const Config::Upstream& config, std::string_view host) {
  return proxy::host_matches(config.graph_host, host) ||
         proxy::host_matches_any(config.content_hosts, host);
}

Upstream::Upstream(net::any_io_executor executor, tls::BufferPool& buffers)
    : executor_(std::move(executor)), buffers_(buffers) {}

Upstream::Lease::Lease(Upstream& owner, std::string host,
                       std::unique_ptr<HttpConnection> connection)
    : owner_(&owner), host_(std::move(host)), connection_(std::move(connection)) {}

// What is given up here was not released, so that the swapped-out connection is reset.
Upstream::Lease& Upstream::Lease::operator=(Lease&& other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(host_, other.host_);
  std::swap(connection_, other.connection_);
  return *this;
}

Upstream::Lease::~Lease() {
  // Never a clean end for an exchange that was not finished: upstream must not take it as whole.
  if (connection_) connection_->stream().reset();
}

void Upstream::Lease::release() {
  auto connection = std::move(connection_);
  if (!connection || !connection->keep_alive() || !connection->body_finished() ||
      !connection->stream().is_open()) {
    if (connection) connection->stream().reset();
    return;
  }
  connection->stream().bulk(false);
  connection->stream().expires_never();
  auto& kept = owner_->kept_[host_];
  if (kept.size() < kKeptPerHost)
    kept.push_back({std::move(connection), std::chrono::steady_clock::now()});
}

std::unique_ptr<HttpConnection> Upstream::take_kept(const std::string& host) {
  auto& kept = kept_[host];
  while (!kept.empty()) {
    Kept last = std::move(kept.back());
    kept.pop_back();
    const bool young = std::chrono::steady_clock::now() - last.since < kKeptFor;
    if (young && is_quiet(last.connection->stream())) return std::move(last.connection);
  }
  return nullptr;
}

net::awaitable<std::unique_ptr<HttpConnection>> Upstream::connect(
    const Config& config, std::shared_ptr<tls::Context> context, const std::string& host) {
  auto socket = co_await dial(executor_, config.upstream, host, kHttps);
  auto stream = std::make_unique<tls::Stream>(std::move(socket), std::move(context), buffers_);
  stream->expires_after(config.upstream.connect_timeout);
  co_await stream->handshake_client(host);
  co_return std::make_unique<HttpConnection>(std::move(stream), Side::kUpstream,
                                             config.limits.head_bytes);
}

net::awaitable<Upstream::Lease> Upstream::acquire(const Config& config,
                                                  std::shared_ptr<tls::Context> context,
                                                  std::string host, bool fresh) {
  if (!fresh) {
    if (auto kept = take_kept(host)) co_return Lease(*this, std::move(host), std::move(kept));
  }
  try {
    auto connection = co_await connect(config, std::move(context), host);
    co_return Lease(*this, std::move(host), std::move(connection));
  } catch (const boost::system::system_error& error) {
    throw Refused{graph::Refusal::kUpstreamUnreachable, "", host + ": " + error.what()};
  }
}

net::awaitable<void> Upstream::send_head(Lease& lease, const Config& config,
                                         std::string_view method, std::string_view target,
                                         graph::Fields fields) {
  fields.set("Host", lease.host());
  const std::string wire = to_wire(method, target, fields);
  lease->set_patience(config.upstream.idle_timeout);
  co_await lease->write_more(as_bytes(wire));
}

net::awaitable<graph::ResponseHead> Upstream::read_head(Lease& lease, const Config& config,
                                                        graph::Method asked) {
  lease->set_patience(config.upstream.answer_timeout);
  graph::ResponseHead head = co_await lease->read_response(asked);
  lease->set_patience(config.upstream.idle_timeout);
  co_return head;
}

net::awaitable<Upstream::Response> Upstream::request_once(const Config& config,
                                                          std::shared_ptr<tls::Context> context,
                                                          const Request& request, bool fresh) {
  Lease lease = co_await acquire(config, std::move(context), request.host, fresh);
  graph::Fields fields = request.fields;
  if (!request.body.empty() || request.method == graph::Method::kPost ||
      request.method == graph::Method::kPut || request.method == graph::Method::kPatch)
    fields.set("Content-Length", std::to_string(request.body.size()));
  co_await send_head(lease, config, graph::name(request.method), request.target, std::move(fields));
  co_await lease->write(as_bytes(request.body));
  graph::ResponseHead head = co_await read_head(lease, config, request.method);
  co_return Response{std::move(lease), std::move(head)};
}

net::awaitable<Upstream::Response> Upstream::request(const Config& config,
                                                     std::shared_ptr<tls::Context> context,
                                                     Request request) {
  const bool may_repeat =
      request.method == graph::Method::kGet || request.method == graph::Method::kHead;
  const bool was_kept = !kept_[request.host].empty();
  std::optional<Refused> failed;
  try {
    co_return co_await request_once(config, context, request, false);
  } catch (Refused& refused) {
    failed = std::move(refused);
  }
  if (!may_repeat || !was_kept || failed->refusal != graph::Refusal::kUpstreamUnreachable)
    throw *std::move(failed);
  co_return co_await request_once(config, context, request, true);
}

void Upstream::close_all() { kept_.clear(); }

}  // namespace kerros::io
