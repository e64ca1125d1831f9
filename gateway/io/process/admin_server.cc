#include "gateway/io/process/admin_server.h"

#include <pwd.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <filesystem>

#include "gateway/io/doors/listener.h"

namespace kerros::io {

namespace http = boost::beast::http;
using Unix = net::local::stream_protocol;

struct AdminServer::Doors {
  explicit Doors(net::io_context& io) : health(io), socket(io) {}
  net::ip::tcp::acceptor health;
  Unix::acceptor socket;
  std::string socket_path;
};

namespace {

using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

HttpResponse json_response(unsigned status, std::string body) {
  HttpResponse response(http::int_to_status(status), 11);
  response.set(http::field::content_type, "application/json");
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

admin::Peer peer_of(Unix::socket& socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return {"os:unknown", "admin-socket"};
  passwd entry{};
  passwd* found = nullptr;
  char buffer[4096];
  ::getpwuid_r(credentials.uid, &entry, buffer, sizeof buffer, &found);
  return {"os:" + (found ? std::string(found->pw_name) : std::to_string(credentials.uid)),
          "admin-socket"};
}

// One request a connection; whoever is slow is cut off.
template <typename Socket, typename Respond>
net::awaitable<void> serve_one(Socket socket, Respond respond) {
  net::steady_timer deadline(socket.get_executor(), std::chrono::seconds(10));
  auto waiting = std::make_shared<bool>(true);  // the handler may be queued when we are done
  deadline.async_wait([&socket, waiting](const error_code& cancelled) {
    if (!cancelled && *waiting) socket.close();
  });
  try {
    boost::beast::flat_buffer buffer;
    HttpRequest request;
    co_await http::async_read(socket, buffer, request, net::use_awaitable);
    HttpResponse response = respond(socket, request);
    response.keep_alive(false);
    co_await http::async_write(socket, response, net::use_awaitable);
  } catch (const boost::system::system_error& error) {
    spdlog::debug("admin connection ended: {}", error.what());
  }
  *waiting = false;
}

template <typename Acceptor, typename Respond>
net::awaitable<void> accept_on(Acceptor& acceptor, Respond respond) {
  for (;;) {
    error_code error;
    auto socket = co_await acceptor.async_accept(net::redirect_error(net::use_awaitable, error));
    if (!acceptor.is_open()) co_return;
    if (error) continue;
    net::co_spawn(acceptor.get_executor(), serve_one(std::move(socket), respond), net::detached);
  }
}

Status open_unix(Unix::acceptor& acceptor, const std::string& path) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  ::unlink(path.c_str());  // the store lock says that no other gateway serves this installation
  error_code error;
  acceptor.open(Unix(), error);
  const mode_t before = ::umask(0117);  // the owner and the group, nobody else
  if (!error && path.size() < sizeof(sockaddr_un{}.sun_path))
    acceptor.bind(Unix::endpoint(path), error);
  else if (!error)
    error = net::error::name_too_long;
  ::umask(before);
  if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
  if (error) return fail(ErrorCode::kUnavailable, "admin socket " + path + ": " + error.message());
  return {};
}

}  // namespace

AdminServer::AdminServer(Snapshots& snapshots, Installation& installation, Hooks hooks)
    : snapshots_(snapshots),
      installation_(installation),
      hooks_(std::move(hooks)),
      doors_(std::make_unique<Doors>(io_)) {}

Result<std::unique_ptr<AdminServer>> AdminServer::start(const Config& config, Snapshots& snapshots,
                                                        Installation& installation, Hooks hooks) {
  std::unique_ptr<AdminServer> server(new AdminServer(snapshots, installation, std::move(hooks)));
  const auto address = parse_listen(config.admin.listen);
  if (!address) return tl::unexpected(address.error());
  auto health = listen(server->io_.get_executor(), *address, Share::kNo);
  if (!health) return tl::unexpected(health.error());
  server->doors_->health = *std::move(health);
  server->address_ = bound_address(server->doors_->health);
  server->doors_->socket_path = config.admin.socket;
  if (auto ok = open_unix(server->doors_->socket, config.admin.socket); !ok)
    return tl::unexpected(ok.error());

  AdminServer* const self = server.get();
  auto health_answer = [self](net::ip::tcp::socket&, const HttpRequest& request) {
    if (request.target() == "/healthz") return json_response(200, R"({"status":"ok"})");
    if (request.target() != "/readyz") return json_response(404, R"({"status":"not found"})");
    const Status ready = self->hooks_.ready();
    return ready ? json_response(200, R"({"status":"ready"})")
                 : json_response(503, R"({"status":"not ready"})");
  };
  auto admin_answer = [self](Unix::socket& socket, const HttpRequest& request) {
    const auto snapshot = self->snapshots_.current();
    const admin::Running running = self->hooks_.running();
    const auto asked = admin::parse_request(view(request.method_string()), view(request.target()));
    if (!asked) return json_response(400, R"({"error":{"what":"the request cannot be read"}})");
    auto answer =
        admin::answer(*asked, peer_of(socket), snapshot->config, self->installation_, &running);
    return json_response(answer.status, std::move(answer.json));
  };
  net::co_spawn(self->io_, accept_on(self->doors_->health, health_answer), net::detached);
  net::co_spawn(self->io_, accept_on(self->doors_->socket, admin_answer), net::detached);
  self->thread_ = std::thread([self] { self->io_.run(); });
  return server;
}

AdminServer::~AdminServer() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
  if (!doors_->socket_path.empty()) ::unlink(doors_->socket_path.c_str());
}

}  // namespace kerros::io
