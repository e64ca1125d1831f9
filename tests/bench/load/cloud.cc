// The origin of the benchmarks: bench_cloud DIRECTORY [PROCESSOR]
//
// Makes an authority and a certificate in DIRECTORY, listens on a port of 127.0.0.1, prints
// "ready port=PORT ca=FILE" and serves with one thread until its input ends.
#include "tests/bench/load/cloud.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <utility>
// Boost after <utility>: see gateway/io/asio.h.

#include <boost/asio/posix/stream_descriptor.hpp>

#include "crypto/random.h"
#include "gateway/graph/range.h"
#include "gateway/tls/certificate.h"
#include "gateway/tls/provider.h"

namespace kerros::bench {

void Arriving::take(ByteView piece) {
  hash.update(piece);
  if (body) body->append(piece);
}

Arriving Cloud::begin(std::string path, std::uint64_t capacity) const {
  Arriving file{.path = std::move(path), .hash = {}, .body = nullptr};
  if (is_kept(file.path)) file.body = std::make_shared<Body>(capacity, directory);
  return file;
}

const Item& Cloud::store(Arriving&& file) {
  return items.put(std::move(file.path), file.hash, std::move(file.body));
}

net::awaitable<const Item*> receive_file(Cloud& cloud, Connection& client, std::string path) {
  constexpr std::uint64_t kUntold = Body::kInFile - 1;  // what is sent without a length is small
  Arriving file = cloud.begin(std::move(path), client.has_length() ? client.length() : kUntold);
  for (;;) {
    const ByteView piece = co_await client.read_piece();
    if (piece.empty()) break;
    file.take(piece);
  }
  co_return &cloud.store(std::move(file));
}

Answer content_of(const Item& item, const Connection& client) {
  if (!item.body) return {404};
  Answer answer;
  answer.held = item.body;
  answer.bytes = item.body->bytes();
  answer.fields = fmt::format(
      "Content-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\n"
      "Cache-Control: private, max-age=0\r\nETag: \"{{{}}},{}\"\r\n",
      item.id, item.version);
  const auto asked = graph::parse_range(client.field("Range"), item.size);
  if (asked.kind == graph::RangeRequest::Kind::kUnsatisfiable)
    return {416, "Content-Range: " + graph::unsatisfied_field(item.size) + "\r\n"};
  if (asked.kind == graph::RangeRequest::Kind::kWhole) return answer;
  const graph::ByteRange& range = asked.ranges.front();
  answer.status = 206;
  answer.fields += "Content-Range: " + graph::to_field({range, item.size}) + "\r\n";
  answer.bytes = answer.bytes.subspan(range.first, range.length());
  return answer;
}

namespace {

std::string_view reason(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 207:
      return "Multi-Status";
    case 404:
      return "Not Found";
    default:
      return "Range Not Satisfiable";
  }
}

net::awaitable<void> send(Connection& client, const Answer& answer, bool is_head) {
  const ByteView body = answer.held ? answer.bytes : as_bytes(answer.text);
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\n{}", answer.status, reason(answer.status), answer.fields);
  if (answer.status != 204) head += fmt::format("Content-Length: {}\r\n", body.size());
  head += "\r\n";
  co_await client.write(head, is_head ? ByteView() : body);
}

net::awaitable<void> serve(Cloud& cloud, net::ip::tcp::socket socket,
                           std::shared_ptr<tls::Context> context, tls::BufferPool& pool) {
  Connection client(std::move(socket), std::move(context), pool);
  try {
    co_await client.stream().handshake_server();
    while (co_await client.read_head()) {
      const bool is_head = client.word(0) == "HEAD";
      Answer answer;
      if (client.word(1).starts_with("/dav"))
        answer = co_await answer_webdav(cloud, client);
      else
        answer = co_await answer_graph(cloud, client);
      co_await send(client, answer, is_head);
    }
    co_await client.stream().shutdown();
  } catch (const system_error&) {
    // The peer went away, which proxies do with connections they no longer need.
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_cloud: %s\n", failure.what());
  }
}

net::awaitable<void> accept(Cloud& cloud, net::ip::tcp::acceptor& acceptor,
                            std::shared_ptr<tls::Context> context, tls::BufferPool& pool) {
  for (;;) {
    net::ip::tcp::socket socket = co_await acceptor.async_accept(net::use_awaitable);
    net::co_spawn(acceptor.get_executor(), serve(cloud, std::move(socket), context, pool),
                  net::detached);
  }
}

template <typename T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

std::shared_ptr<tls::Context> make_context(const std::string& directory) {
  const auto authority = need(tls::Certificate::authority("Cloud of the benchmarks"));
  const auto server = need(authority.issue_server(
      {"graph.microsoft.com", "*.sharepoint.com", "cloud.example", "localhost", "127.0.0.1"}));
  if (auto ok = authority.write(directory + "/ca.pem", directory + "/ca.key"); !ok)
    throw std::runtime_error(ok.error().detail);
  if (auto ok = server.write(directory + "/server.pem", directory + "/server.key"); !ok)
    throw std::runtime_error(ok.error().detail);
  return pinned_suite(
      need(tls::Context::server({directory + "/server.pem", directory + "/server.key"})));
}

void run(const std::string& directory, int processor) {
  settle(processor);
  // Cheap where the processor allows it; without it OpenSSL's own ciphers serve.
  static_cast<void>(tls::start_provider());
  const auto context = make_context(directory);
  tls::BufferPool pool(std::size_t{1} << 30);
  Cloud cloud(directory);
  net::io_context io(1);
  net::ip::tcp::acceptor acceptor(io, {net::ip::address_v4::loopback(), 0});
  std::printf("ready port=%u ca=%s/ca.pem\n", acceptor.local_endpoint().port(), directory.c_str());
  std::fflush(stdout);
  net::co_spawn(io, accept(cloud, acceptor, context, pool), net::detached);
  net::posix::stream_descriptor input(io, ::dup(STDIN_FILENO));
  char ignored = 0;
  input.async_read_some(net::buffer(&ignored, 1), [&](error_code, std::size_t) { std::_Exit(0); });
  io.run();
}

}  // namespace
}  // namespace kerros::bench

int main(int argc, char** argv) {
  kerros::crypto::start();
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: bench_cloud DIRECTORY [PROCESSOR]\n");
    return 2;
  }
  try {
    kerros::bench::run(argv[1], argc > 2 ? std::atoi(argv[2]) : -1);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_cloud: %s\n", failure.what());
    return 1;
  }
  return 0;
}
