#include "tools/admin_client.h"

#include <sys/un.h>
// Asio 1.74 uses std::exchange without including it.
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <utility>

#include "gateway/complaint.h"

namespace kerros::tools {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Protocol = asio::local::stream_protocol;

constexpr std::chrono::minutes kPatience{1};  // reading a whole log takes a while
constexpr std::uint64_t kMaxAnswer = 64u << 20;

tl::unexpected<Error> refuse(const std::string& socket, const std::string& why) {
  return complain(ErrorCode::kUnavailable, "cannot ask the gateway at " + socket, why,
                  "check that it runs, and that this user may use its socket");
}

// One connection, each step awaited under the deadline.
class Client {
 public:
  Client() : stream_(context_) {}

  boost::system::error_code connect(const std::string& socket) {
    return step([&](auto done) { stream_.async_connect(Protocol::endpoint(socket), done); });
  }
  boost::system::error_code write(const http::request<http::empty_body>& request) {
    return step([&](auto done) { http::async_write(stream_, request, done); });
  }
  boost::system::error_code read(http::response_parser<http::string_body>& parser) {
    return step([&](auto done) { http::async_read(stream_, buffer_, parser, done); });
  }

 private:
  template <typename Start>
  boost::system::error_code step(const Start& start) {
    boost::system::error_code result;
    stream_.expires_after(kPatience);
    start([&result](boost::system::error_code ec, auto&&...) { result = ec; });
    context_.restart();
    context_.run();
    return result;
  }

  asio::io_context context_;
  beast::basic_stream<Protocol> stream_;
  beast::flat_buffer buffer_;
};

bool nobody_listens(const boost::system::error_code& ec) {
  return ec == boost::system::errc::no_such_file_or_directory ||
         ec == boost::system::errc::connection_refused;
}

Status check_length(const std::string& socket) {
  if (socket.size() < sizeof(sockaddr_un{}.sun_path)) return {};
  return complain(ErrorCode::kMalformed, "the path of the admin socket is too long: " + socket,
                  "the system allows 107 bytes", "name a shorter one in admin.socket");
}

}  // namespace

Result<bool> gateway_answers(const std::string& socket) {
  if (auto ok = check_length(socket); !ok) return tl::unexpected(ok.error());
  Client client;
  const auto ec = client.connect(socket);
  if (!ec) return true;
  if (nobody_listens(ec)) return false;
  return refuse(socket, ec.message());
}

Result<admin::Answer> send_request(const std::string& socket, const admin::Request& request) {
  if (auto ok = check_length(socket); !ok) return tl::unexpected(ok.error());
  Client client;
  if (const auto ec = client.connect(socket); ec) return refuse(socket, ec.message());
  http::request<http::empty_body> head(http::string_to_verb(request.method),
                                       admin::to_target(request), 11);
  head.set(http::field::host, "kerros");
  head.set(http::field::connection, "close");
  if (const auto ec = client.write(head); ec) return refuse(socket, ec.message());
  http::response_parser<http::string_body> parser;
  parser.body_limit(kMaxAnswer);
  if (const auto ec = client.read(parser); ec) return refuse(socket, ec.message());
  return admin::Answer{parser.get().result_int(), std::move(parser.get().body())};
}

}  // namespace kerros::tools
