#include "tools/sandbox/http_conversation.h"

#include <filesystem>
#include <limits>
#include <system_error>

#include "tools/sandbox/digest.h"
#include "tools/sandbox/ids.h"
#include "tools/sandbox/replies.h"
#include "tools/sandbox/reply_writer.h"

namespace kerros::sandbox {
namespace {

using Parser = http::request_parser<http::buffer_body>;

// Reads the body out of Beast's parser; counts, digests and records what passes.
class ParsedBody : public BodySource {
 public:
  ParsedBody(Services& cloud, Connection& connection, Parser& parser, beast::flat_buffer& buffer,
             const RequestHead& head, std::uint64_t number)
      : cloud_(cloud),
        connection_(connection),
        parser_(parser),
        buffer_(buffer),
        head_(head),
        number_(number) {
    const auto expect = head.find("Expect");
    awaits_continue_ = expect && equal_ignoring_case(*expect, "100-continue");
  }

  std::size_t read(char* out, std::size_t size) override {
    if (parser_.is_done() || cut_) return 0;
    if (awaits_continue_) {
      awaits_continue_ = false;
      connection_.write_all("HTTP/1.1 100 Continue\r\n\r\n");
    }
    auto& body = parser_.get().body();
    body.data = out;
    body.size = size;
    body.more = true;
    ErrorCode error;
    http::read(connection_, buffer_, parser_, error);
    const std::size_t n = size - body.size;
    note({out, n});
    if (error && error != http::error::need_buffer) return on_cut(n, error);
    return n;
  }

  bool whole() const { return parser_.is_done(); }
  bool awaits_continue() const { return awaits_continue_; }
  std::uint64_t size() const { return size_; }
  std::string digest() { return hex(digest_.finish()); }

 private:
  void note(std::string_view bytes) {
    size_ += bytes.size();
    digest_.update(bytes);
    if (number_ != 0 && cloud_.log.records_bodies() && !bytes.empty())
      cloud_.log.add_body(number_, bytes, tail_);
  }

  // A cut chunked body looks whole to a careless server; the switch makes this one careless.
  std::size_t on_cut(std::size_t n, const ErrorCode& error) {
    cut_ = true;
    if (head_.chunked && cloud_.switches.take("chunked.cut.commits", head_)) return n;
    throw BodyCut(error.message());
  }

  Services& cloud_;
  Connection& connection_;
  Parser& parser_;
  beast::flat_buffer& buffer_;
  const RequestHead& head_;
  std::uint64_t number_;  // in the log; 0 where none is kept
  bool awaits_continue_ = false;
  bool cut_ = false;
  std::uint64_t size_ = 0;
  Sha256 digest_;
  std::string tail_;
};

RequestHead head_of(const Parser& parser) {
  const auto& message = parser.get();
  RequestHead head;
  head.method = std::string(message.method_string());
  head.target = std::string(message.target());
  for (const auto& field : message) {
    head.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  const std::string host = lower_ascii(head.find("Host").value_or(""));
  head.host = host.substr(0, host.find(':'));
  head.chunked = parser.chunked();
  if (const auto length = parser.content_length()) head.content_length = *length;
  return head;
}

void log_request(Services& cloud, const std::string& listener, std::uint64_t number,
                 const RequestHead& head, ParsedBody& body, unsigned status) {
  Json headers = Json::array();
  for (const Header& header : head.headers) {
    headers.push_back(Json::array({header.name, header.value}));
  }
  cloud.log.add({{"seq", number},
                 {"time", iso_time_millis(cloud.clock.now_ms())},
                 {"listener", listener},
                 {"host", head.host},
                 {"method", head.method},
                 {"target", head.target},
                 {"headers", headers},
                 {"body_size", body.size()},
                 {"body_sha256", body.digest()},
                 {"body_whole", body.whole()},
                 {"status", status}});
}

// A small body that nobody wanted is read away, so that the connection can go on.
void drain_small(const RequestHead& head, ParsedBody& body) {
  constexpr std::uint64_t kSmall = 1024 * 1024;
  if (body.whole() || body.awaits_continue()) return;
  if (!head.content_length || *head.content_length > kSmall) return;
  std::vector<char> buffer(64 * 1024);
  while (body.read(buffer.data(), buffer.size()) > 0) {
  }
}

}  // namespace

void HttpConversation::run() {
  try {
    if (!connection_.handshake()) return;
    while (one_request()) {
    }
  } catch (const boost::system::system_error&) {
    // The peer is gone while we wrote: nothing is left to do.
  }
}

bool HttpConversation::one_request() {
  Parser parser;
  parser.header_limit(64 * 1024);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  ErrorCode error;
  http::read_header(connection_, buffer_, parser, error);
  if (error) {
    refuse_head(error);
    return false;
  }
  RequestHead head = head_of(parser);
  const std::uint64_t number = logged_ ? cloud_.log.next_number() : 0;
  ParsedBody body(cloud_, connection_, parser, buffer_, head, number);
  Exchange exchange{cloud_, head, body, random_guid()};
  Reply reply;
  try {
    reply = handler_(exchange);
    drain_small(head, body);
  } catch (const BodyCut&) {
    if (logged_) log_request(cloud_, listener_, number, head, body, 0);
    return false;
  } catch (const std::filesystem::filesystem_error& error) {
    reply = error_reply(exchange, {507, "quotaLimitReached", error.what()}, false);
  } catch (const std::system_error& error) {
    reply = error_reply(exchange, {500, "generalException", error.what()}, false);
  }
  if (logged_) log_request(cloud_, listener_, number, head, body, reply.status);
  const bool go_on = parser.keep_alive() && body.whole();
  Ending ending = write_reply(connection_, cloud_, head, reply, logged_, go_on);
  if (ending == Ending::kNone && reply.converse) {
    const auto early = buffer_.data();
    reply.converse(connection_, {static_cast<const char*>(early.data()), early.size()});
    connection_.finish(Ending::kOrderly);
    return false;
  }
  if (ending == Ending::kNone && go_on && reply.framing != Framing::kUntilClose) return true;
  if (ending == Ending::kNone) ending = Ending::kOrderly;
  connection_.finish(ending);
  if (ending == Ending::kOrderly && !body.whole()) linger();
  return false;
}

void HttpConversation::refuse_head(const ErrorCode& error) {
  if (error == http::error::end_of_stream) return connection_.finish(Ending::kOrderly);
  if (error.category() != make_error_code(http::error::end_of_stream).category()) return;
  if (logged_) {
    cloud_.log.add({{"seq", cloud_.log.next_number()},
                    {"listener", listener_},
                    {"malformed", error.message()},
                    {"status", 400}});
  }
  connection_.write_all(
      "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  connection_.finish(Ending::kOrderly);
  linger();
}

// Closing with unread bytes resets the connection and may destroy the reply on its way.
void HttpConversation::linger() {
  constexpr std::uint64_t kMost = 512 * 1024 * 1024;
  connection_.limit_waiting(2);
  std::vector<char> buffer(64 * 1024);
  ErrorCode error;
  for (std::uint64_t seen = 0; seen < kMost && !error;) {
    seen += connection_.read_some(net::buffer(buffer), error);
  }
}

}  // namespace kerros::sandbox
