#include "tools/sandbox/reply_writer.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "tools/sandbox/asio.h"

namespace kerros::sandbox {
namespace {

struct Spoiling {
  std::uint64_t cut_after = UINT64_MAX;  // body bytes
  bool cut_orderly = false;              // with close_notify
  bool cut_by_reset = false;
  bool no_notify = false;  // after a whole reply
  std::uint64_t bytes_per_second = 0;
  bool slow_head = false;
  std::string smuggle;
};

struct CutHere {};

Spoiling spoiling_for(Services& cloud, const RequestHead& head, Reply& reply) {
  Spoiling out;
  if (const auto value = cloud.switches.take("tls.close", head)) {
    if (value->is_object() && value->contains("after")) {
      out.cut_after = value->at("after").get<std::uint64_t>();
      out.cut_orderly = value->value("notify", false);
      out.cut_by_reset = value->value("reset", false);
    } else {
      out.no_notify = true;
    }
  }
  if (const auto value = cloud.switches.take("slow", head)) {
    out.bytes_per_second = value->is_object() ? value->value("bytes_per_second", std::uint64_t{1})
                                              : value->get<std::uint64_t>();
    out.slow_head = value->is_object() && value->value("head", false);
  }
  if (const auto value = cloud.switches.take("smuggle", head)) {
    out.smuggle = value->get<std::string>();
  }
  if (const auto value = cloud.switches.take("reply.framing", head)) {
    reply.framing = *value == "close"     ? Framing::kUntilClose
                    : *value == "chunked" ? Framing::kChunked
                                          : Framing::kLength;
  }
  return out;
}

// Bytes out, at the pace and up to the point that the switches allow.
class Sink {
 public:
  Sink(Connection& connection, const Spoiling& spoiling)
      : connection_(connection), spoiling_(spoiling) {}

  void head(std::string_view bytes) {
    spoiling_.slow_head ? paced(bytes) : connection_.write_all(bytes);
  }
  void framing(std::string_view bytes) { connection_.write_all(bytes); }
  void body(std::string_view bytes) {
    const auto room = static_cast<std::size_t>(
        std::min<std::uint64_t>(bytes.size(), spoiling_.cut_after - sent_));
    paced(bytes.substr(0, room));
    sent_ += room;
    if (sent_ >= spoiling_.cut_after) throw CutHere();
  }

 private:
  void paced(std::string_view bytes) {
    if (spoiling_.bytes_per_second == 0) return connection_.write_all(bytes);
    constexpr std::uint64_t kTicks = 20;  // in a second
    const std::uint64_t step = std::max<std::uint64_t>(1, spoiling_.bytes_per_second / kTicks);
    const auto pause = std::chrono::microseconds(1'000'000 * step / spoiling_.bytes_per_second);
    while (!bytes.empty()) {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(step, bytes.size()));
      connection_.write_all(bytes.substr(0, n));
      bytes.remove_prefix(n);
      std::this_thread::sleep_for(pause);
    }
  }

  Connection& connection_;
  const Spoiling& spoiling_;
  std::uint64_t sent_ = 0;
};

std::string framing_headers(const Reply& reply, const std::string& smuggle) {
  const std::string length = std::to_string(reply.size());
  if (smuggle == "both") return "Content-Length: " + length + "\r\nTransfer-Encoding: chunked\r\n";
  if (smuggle == "two_lengths") {
    return "Content-Length: " + length + "\r\nContent-Length: " + std::to_string(reply.size() + 7) +
           "\r\n";
  }
  if (smuggle == "trailers") return "Transfer-Encoding: chunked\r\nTrailer: X-Late\r\n";
  if (smuggle == "bad_chunk" || reply.framing == Framing::kChunked) {
    return "Transfer-Encoding: chunked\r\n";
  }
  if (reply.framing == Framing::kUntilClose) return "";
  return "Content-Length: " + length + "\r\n";
}

std::string head_text(const Reply& reply, const std::string& smuggle, bool bodiless,
                      bool keep_alive) {
  std::string out = "HTTP/1.1 " + std::to_string(reply.status) + " " +
                    std::string(http::obsolete_reason(http::int_to_status(reply.status))) + "\r\n";
  for (const Header& header : reply.headers) out += header.name + ": " + header.value + "\r\n";
  if (!bodiless) out += framing_headers(reply, smuggle);
  if (!keep_alive || reply.framing == Framing::kUntilClose) out += "Connection: close\r\n";
  return out + "\r\n";
}

void write_piece(Sink& sink, std::string_view bytes, bool chunked, const std::string& smuggle) {
  if (bytes.empty()) return;
  if (!chunked) return sink.body(bytes);
  char size[32];
  std::snprintf(size, sizeof size, smuggle == "bad_chunk" ? "0x%zxg\r\n" : "%zx\r\n", bytes.size());
  sink.framing(size);
  sink.body(bytes);
  sink.framing("\r\n");
}

void write_file(Sink& sink, const FileSlice& slice, bool chunked, const std::string& smuggle) {
  std::vector<char> buffer(kTransferBuffer);
  std::uint64_t done = 0;
  while (done < slice.length) {
    const auto want =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), slice.length - done));
    const std::size_t n = slice.file->read_at(slice.offset + done, buffer.data(), want);
    if (n == 0) throw CutHere();  // the file became shorter under our hands
    write_piece(sink, {buffer.data(), n}, chunked, smuggle);
    done += n;
  }
}

void compress(const Services& cloud, const RequestHead& head, Reply& reply, Switches& switches) {
  const auto accepts = head.find("Accept-Encoding");
  if (reply.file || reply.body.empty() || !accepts || accepts->find("gzip") == std::string::npos) {
    return;
  }
  if (cloud.options.lenient || switches.take("json.gzip", head)) {
    reply.body = gzip(reply.body);
    reply.set("Content-Encoding", "gzip");
    reply.set("Vary", "Accept-Encoding");
  }
}

bool never_has_body(const RequestHead& head, const Reply& reply) {
  return reply.status == 101 || reply.status == 204 || reply.status == 304 || head.method == "HEAD";
}

}  // namespace

Ending write_reply(Connection& connection, Services& cloud, const RequestHead& head, Reply& reply,
                   bool switches_apply, bool keep_alive) {
  if (reply.reset_instead) return Ending::kReset;
  Spoiling spoiling;
  if (switches_apply) {
    compress(cloud, head, reply, cloud.switches);
    spoiling = spoiling_for(cloud, head, reply);
  }
  const std::string& smuggle = spoiling.smuggle;
  const bool bodiless = never_has_body(head, reply);
  const bool chunked = reply.framing == Framing::kChunked || smuggle == "both" ||
                       smuggle == "bad_chunk" || smuggle == "trailers";
  Sink sink(connection, spoiling);
  try {
    if (smuggle == "1xx") sink.framing("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    sink.head(head_text(reply, smuggle, bodiless && head.method != "HEAD", keep_alive));
    if (bodiless) return spoiling.no_notify ? Ending::kWithoutNotify : Ending::kNone;
    if (spoiling.cut_after == 0) throw CutHere();
    if (reply.file) {
      write_file(sink, *reply.file, chunked, smuggle);
    } else {
      write_piece(sink, reply.body, chunked, smuggle);
    }
    if (chunked) sink.framing(smuggle == "trailers" ? "0\r\nX-Late: yes\r\n\r\n" : "0\r\n\r\n");
  } catch (const CutHere&) {
    if (spoiling.cut_by_reset) return Ending::kReset;
    return spoiling.cut_orderly ? Ending::kOrderly : Ending::kWithoutNotify;
  }
  return spoiling.no_notify ? Ending::kWithoutNotify : Ending::kNone;
}

}  // namespace kerros::sandbox
