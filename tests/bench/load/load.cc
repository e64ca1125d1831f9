// The clients of the benchmarks: bench_load OPTIONS (--help names them)
//
// One thread. Prints "ready" once every connection stands, waits for a line, does its work, prints
// one line of JSON, and holds its connections until its input ends. What comes is compared with
// what was sent, piece by piece; any answer that is none of success ends the run.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <random>
#include <stdexcept>
#include <utility>
// Boost after <utility>: see gateway/io/asio.h.

#include <boost/asio/write.hpp>

#include "crypto/random.h"
#include "gateway/tls/provider.h"
#include "tests/bench/load/connection.h"
#include "tests/bench/load/job.h"

namespace kerros::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kWarm = 1'000'000'000;  // numbers of requests that are not counted

net::ip::tcp::endpoint endpoint_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error(text + " is no ADDRESS:PORT");
  return {net::ip::make_address(text.substr(0, colon)),
          static_cast<std::uint16_t>(std::stoul(text.substr(colon + 1)))};
}

// What all connections share.
struct Run {
  explicit Run(Job what) : job(std::move(what)), gate(io) {
    gate.expires_at(Clock::time_point::max());
  }

  bool next(std::uint64_t& number) {
    if (job.count > 0 ? asked == job.count : Clock::now() >= until) return false;
    number = asked++;
    return true;
  }

  const Job job;
  const Pattern pattern;
  net::io_context io{1};
  net::steady_timer gate;  // behind it all connections begin at once
  unsigned waiting = 0;
  Clock::time_point began, until, ended;
  std::uint64_t asked = 0;
  std::uint64_t bytes = 0;
  std::vector<float> waits;  // microseconds
  std::mt19937_64 random{1};
};

std::string target_of(const Run& run, std::uint64_t number) {
  std::string target = run.job.targets[number % run.job.targets.size()];
  const std::size_t at = target.find("{n}");
  return at == std::string::npos ? target : target.replace(at, 3, std::to_string(number));
}

class Client {
 public:
  Client(Run& run, net::ip::tcp::socket socket, std::shared_ptr<tls::Context> context,
         tls::BufferPool& pool)
      : run_(run), connection_(std::move(socket), std::move(context), pool) {}

  net::awaitable<void> work() {
    co_await connection_.stream().handshake_client(run_.job.host);
    if (run_.job.warm) co_await ask(kWarm + run_.asked++);
    co_await wait_for_all();
    for (std::uint64_t number = 0; run_.next(number);) {
      const auto began = Clock::now();
      run_.bytes += co_await ask(number);
      run_.waits.push_back(std::chrono::duration<float, std::micro>(Clock::now() - began).count());
    }
    run_.ended = Clock::now();
  }

 private:
  // The last one to arrive speaks with whoever measures, while nobody has anything to do.
  net::awaitable<void> wait_for_all() {
    if (++run_.waiting < run_.job.connections) {
      error_code opened;
      co_await run_.gate.async_wait(net::redirect_error(net::use_awaitable, opened));
      co_return;
    }
    std::printf("ready\n");
    std::fflush(stdout);
    std::string line;
    std::getline(std::cin, line);
    run_.asked = 0;
    run_.began = Clock::now();
    run_.until = run_.began + std::chrono::duration_cast<Clock::duration>(
                                  std::chrono::duration<double>(run_.job.seconds));
    run_.gate.cancel();
  }

  net::awaitable<std::uint64_t> ask(std::uint64_t number) {
    const Job& job = run_.job;
    std::string head =
        fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\nUser-Agent: kerros-bench\r\n",
                    job.method, target_of(run_, number), job.host);
    if (!job.token.empty()) head += "Authorization: Bearer " + job.token + "\r\n";
    if (job.method == "PUT") co_return co_await send(std::move(head));
    std::uint64_t at = 0;
    if (job.range > 0) {
      at = run_.random() % (job.size - job.range + 1);
      head += fmt::format("Range: bytes={}-{}\r\n", at, at + job.range - 1);
    }
    co_await connection_.write(head + "\r\n", {});
    co_await expect_success();
    co_return co_await receive(at);
  }

  net::awaitable<std::uint64_t> send(std::string head) {
    const std::uint64_t size = run_.job.size;
    head +=
        fmt::format("Content-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n", size);
    const ByteView first = run_.pattern.from(0, std::min<std::uint64_t>(size, Connection::kPiece));
    co_await connection_.write(head, first);
    for (std::uint64_t at = first.size(); at < size;) {
      const ByteView piece =
          run_.pattern.from(at, std::min<std::uint64_t>(size - at, Connection::kPiece));
      co_await connection_.stream().write(piece);
      at += piece.size();
    }
    co_await expect_success();
    co_await connection_.drop_body();
    co_return size;
  }

  net::awaitable<std::uint64_t> receive(std::uint64_t at) {
    const Job& job = run_.job;
    const std::uint64_t begin = at;
    for (;;) {
      const ByteView piece = co_await connection_.read_piece();
      if (piece.empty()) break;
      if (job.size > 0 && !run_.pattern.matches(at, piece))
        throw std::runtime_error(fmt::format("other bytes than were sent, from {} on", at));
      at += piece.size();
    }
    const std::uint64_t expected = job.range > 0 ? job.range : job.size;
    if (job.size > 0 && at - begin != expected)
      throw std::runtime_error(fmt::format("{} bytes instead of {}", at - begin, expected));
    co_return at - begin;
  }

  net::awaitable<void> expect_success() {
    if (!co_await connection_.read_head()) throw std::runtime_error("no answer");
    const std::string status(connection_.word(1));
    const std::string_view wanted = run_.job.range > 0 ? "206" : "2";
    if (status.starts_with(wanted)) co_return;
    throw std::runtime_error(run_.job.method + ": " + status + " " +
                             co_await connection_.read_text());
  }

  Run& run_;
  Connection connection_;
};

// Asks a proxy for the host and takes the whole of its answer.
net::awaitable<void> ask_proxy(net::ip::tcp::socket& socket, const std::string& host) {
  const std::string head = fmt::format("CONNECT {0}:443 HTTP/1.1\r\nHost: {0}:443\r\n\r\n", host);
  co_await net::async_write(socket, net::buffer(head), net::use_awaitable);
  std::string answer;
  while (!answer.ends_with("\r\n\r\n")) {  // an octet at a time: the rest belongs to the tunnel
    char octet = 0;
    co_await socket.async_read_some(net::buffer(&octet, 1), net::use_awaitable);
    answer += octet;
  }
  if (answer.find(" 200 ") != 8) throw std::runtime_error("CONNECT: " + answer);
}

net::awaitable<void> connect(Run& run, std::unique_ptr<Client>& client,
                             std::shared_ptr<tls::Context> context, tls::BufferPool& pool) {
  const Job& job = run.job;
  net::ip::tcp::socket socket(run.io);
  co_await socket.async_connect(endpoint_of(job.through.empty() ? job.to : job.through),
                                net::use_awaitable);
  if (!job.through.empty()) co_await ask_proxy(socket, job.host);
  client = std::make_unique<Client>(run, std::move(socket), std::move(context), pool);
  co_await client->work();
}

void report(Run& run) {
  std::sort(run.waits.begin(), run.waits.end());
  const auto at = [&](double part) {
    return run.waits.empty() ? 0.0F
                             : run.waits[static_cast<std::size_t>(
                                   part * static_cast<double>(run.waits.size() - 1))];
  };
  std::printf(
      "%s\n",
      fmt::format(
          R"({{"requests":{},"bytes":{},"seconds":{:.6f},"p50_us":{:.1f},"p99_us":{:.1f}}})",
          run.waits.size(), run.bytes, std::chrono::duration<double>(run.ended - run.began).count(),
          at(0.5), at(0.99))
          .c_str());
  std::fflush(stdout);
}

// The others are in the midst of something: nothing here can be taken apart in good order.
void give_up_at(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& why) {
    std::fprintf(stderr, "bench_load: %s\n", why.what());
  }
  std::_Exit(1);
}

void play(Run& run) {
  settle(run.job.processor);
  static_cast<void>(tls::start_provider());
  auto context = tls::Context::client({run.job.ca_file});
  if (!context) throw std::runtime_error(context.error().detail);
  const auto pinned = pinned_suite(*std::move(context));
  tls::BufferPool pool(std::size_t{1} << 30);
  std::vector<std::unique_ptr<Client>> clients(run.job.connections);
  for (auto& client : clients)
    net::co_spawn(run.io, connect(run, client, pinned, pool), give_up_at);
  run.io.run();
  report(run);
  std::string line;
  std::getline(std::cin, line);
}

}  // namespace
}  // namespace kerros::bench

int main(int argc, char** argv) {
  kerros::crypto::start();
  try {
    kerros::bench::Run run(kerros::bench::read_job(argc, argv));
    kerros::bench::play(run);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_load: %s\n", failure.what());
    return 1;
  }
  return 0;
}
