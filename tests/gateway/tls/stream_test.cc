#include "gateway/tls/stream.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <vector>

#include "tests/gateway/tls/wiring.h"

namespace kerros::tls {
namespace {

using testing::Bytes;
using testing::Pair;
using testing::pattern;
using testing::read_exactly;

net::awaitable<void> echo(Stream& stream, std::size_t total, std::size_t step) {
  Bytes buffer(step);
  while (total > 0) {
    const std::size_t got = co_await stream.read_some(buffer);
    if (got == 0) throw system_error(net::error::eof);
    co_await stream.write(std::span(buffer).first(got));
    total -= got;
  }
}

net::awaitable<void> write_in_steps(Stream& stream, const Bytes& bytes, std::size_t step) {
  for (std::size_t done = 0; done < bytes.size(); done += step)
    co_await stream.write(std::span(bytes).subspan(done, std::min(step, bytes.size() - done)));
}

TEST(Stream, ShakesHandsAsTls13) {
  Pair pair;
  pair.handshake();
  EXPECT_EQ(pair.server.version(), "TLSv1.3");
  EXPECT_EQ(pair.client.version(), "TLSv1.3");
  EXPECT_EQ(pair.server.alpn(), "http/1.1");
  EXPECT_EQ(pair.client.alpn(), "http/1.1");
  EXPECT_EQ(pair.client.cipher(), "TLS_AES_256_GCM_SHA384");
  EXPECT_FALSE(pair.client.resumed());
}

TEST(Stream, ShakesHandsWithAnAddress) {
  Pair pair;
  pair.handshake("127.0.0.1");
  EXPECT_TRUE(pair.client.is_open());
}

TEST(Stream, CarriesBytesInPiecesOfEverySize) {
  Pair pair;
  pair.handshake();
  for (std::size_t size = 1; size < 40'000; size = size < 40 ? size + 1 : size * 3 / 2 + 1) {
    for (const std::size_t step : {size, std::size_t{1 + size / 3}, std::size_t{17'000}}) {
      const Bytes sent = pattern(size, size);
      Bytes back(size);
      pair.spawn(echo(pair.server, size, step));
      pair.spawn(write_in_steps(pair.client, sent, step));
      pair.spawn(read_exactly(pair.client, back));
      pair.run();
      ASSERT_EQ(back, sent) << size << " in steps of " << step;
    }
  }
}

net::awaitable<void> pump(Stream& from, const Bytes& bytes, std::size_t step) {
  from.bulk(true);
  co_await write_in_steps(from, bytes, step);
}

TEST(Stream, CarriesBulkBothWaysAtOnce) {
  const Bytes up = pattern(64 << 20, 1);
  const Bytes down = pattern(64 << 20, 2);
  Bytes up_got(up.size());
  Bytes down_got(down.size());
  Pair pair;
  pair.handshake();
  pair.spawn(pump(pair.client, up, 65'536));
  pair.spawn(pump(pair.server, down, 300'001));
  pair.spawn(read_exactly(pair.server, up_got));
  pair.spawn(read_exactly(pair.client, down_got));
  pair.run();
  EXPECT_TRUE(up_got == up);
  EXPECT_TRUE(down_got == down);
}

net::awaitable<void> read_to_end(Stream& stream, Bytes& got) {
  Bytes buffer(1000);
  while (const std::size_t size = co_await stream.read_some(buffer))
    got.insert(got.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
}

net::awaitable<void> read_to_end_and_shut_down(Stream& stream, Bytes& got) {
  co_await read_to_end(stream, got);
  co_await stream.shutdown();
}

net::awaitable<void> write_and_shut_down(Stream& stream, const Bytes& bytes) {
  co_await stream.write(bytes);
  co_await stream.shutdown();
}

net::awaitable<void> write_and_close(Stream& stream, const Bytes& bytes) {
  co_await stream.write(bytes);
  stream.close();
}

TEST(Stream, GivesZeroAtACleanEnd) {
  Pair pair;
  pair.handshake();
  const Bytes sent = pattern(5000, 3);
  Bytes got;
  pair.spawn(write_and_shut_down(pair.server, sent));
  pair.spawn(read_to_end_and_shut_down(pair.client, got));
  EXPECT_NO_THROW(pair.run());
  EXPECT_EQ(got, sent);
  EXPECT_FALSE(pair.server.is_open());
  EXPECT_FALSE(pair.client.is_open());
}

TEST(Stream, CallsACutConnectionTruncated) {
  Pair pair;
  pair.handshake();
  const Bytes sent = pattern(5000, 3);
  Bytes got;
  pair.spawn(write_and_close(pair.server, sent));
  EXPECT_EQ(pair.code_of(read_to_end(pair.client, got)), Errc::kTruncated);
  EXPECT_EQ(got, sent);
}

net::awaitable<void> read_once(Stream& stream, std::size_t expected) {
  Bytes buffer(100'000);
  EXPECT_EQ(co_await stream.read_some(buffer), expected);
}

TEST(Stream, RefusesACertificateOfAnotherAuthority) {
  Pair pair(testing::server_context(), testing::stranger_context());
  pair.spawn(pair.server.handshake_server());
  EXPECT_EQ(pair.code_of(pair.client.handshake_client("localhost")), Errc::kUntrusted);
  EXPECT_EQ(pair.client.failure(), "unable to get local issuer certificate");
  EXPECT_EQ(pair.server.failure(), "tlsv1 alert unknown ca");
}

TEST(Stream, RefusesACertificateForAnotherHost) {
  for (const auto* host : {"example.com", "127.0.0.2", "host.localhost", "localhost."}) {
    Pair pair;
    pair.spawn(pair.server.handshake_server());
    EXPECT_EQ(pair.code_of(pair.client.handshake_client(host)), Errc::kUntrusted) << host;
  }
}

TEST(Stream, SeesItsPeerResetAsAnError) {
  Pair pair;
  pair.handshake();
  pair.server.reset();
  const auto code = pair.code_of(read_once(pair.client, 0));
  EXPECT_EQ(code, error_code(net::error::connection_reset));
}

TEST(Stream, EndsAReadAtItsDeadline) {
  Pair pair;
  pair.handshake();
  pair.client.expires_after(std::chrono::milliseconds(20));
  EXPECT_EQ(pair.code_of(read_once(pair.client, 0)), error_code(net::error::timed_out));
  EXPECT_FALSE(pair.client.is_open());
}

TEST(Stream, EndsAHandshakeAtItsDeadline) {
  Pair pair;
  pair.server.expires_after(std::chrono::milliseconds(20));
  EXPECT_EQ(pair.code_of(pair.server.handshake_server()), error_code(net::error::timed_out));
}

TEST(Stream, EndsAWriteThatNobodyReadsAtItsDeadline) {
  Pair pair;
  pair.handshake();
  const Bytes endless = pattern(32 << 20, 4);
  pair.client.expires_after(std::chrono::milliseconds(50));
  EXPECT_EQ(pair.code_of(pair.client.write(endless)), error_code(net::error::timed_out));
}

TEST(Stream, RefusesAnOperationBegunAfterTheDeadline) {
  Pair pair;
  pair.handshake();
  pair.client.expires_after(std::chrono::seconds(-1));
  EXPECT_EQ(pair.code_of(read_once(pair.client, 0)), error_code(net::error::timed_out));
}

net::awaitable<void> write_after(Stream& stream, std::chrono::milliseconds delay,
                                 const Bytes& bytes) {
  net::steady_timer timer(stream.get_executor(), delay);
  co_await timer.async_wait(net::use_awaitable);
  co_await stream.write(bytes);
}

TEST(Stream, FollowsADeadlineThatMovesOn) {
  Pair pair;
  pair.handshake();
  const Bytes sent = pattern(10, 9);
  pair.client.expires_after(std::chrono::milliseconds(20));
  pair.spawn(read_once(pair.client, sent.size()));  // arms the timer
  net::post(pair.client.get_executor(), [&] { pair.client.expires_never(); });
  pair.spawn(write_after(pair.server, std::chrono::milliseconds(60), sent));
  EXPECT_NO_THROW(pair.run());
}

TEST(Stream, ReadsWhileItsOwnWriteWaits) {
  Pair pair;
  pair.handshake();
  const Bytes up = pattern(32 << 20, 1);
  const Bytes down = pattern(1 << 20, 2);
  Bytes up_got(up.size());
  Bytes down_got(down.size());
  pair.spawn(pair.client.write(up));
  pair.spawn(pair.server.write(down));
  const auto server_reads_last = [](Pair& p, Bytes& first, Bytes& then) -> net::awaitable<void> {
    co_await read_exactly(p.client, first);
    co_await read_exactly(p.server, then);
  };
  pair.spawn(server_reads_last(pair, down_got, up_got));
  pair.run();
  EXPECT_TRUE(up_got == up);
  EXPECT_TRUE(down_got == down);
}

net::awaitable<void> write_two_parts(Stream& stream, const Bytes& head, const Bytes& body) {
  co_await stream.write_more(head);
  co_await stream.write_more(body);
  co_await stream.flush();
}

TEST(Stream, SendsAHeadAndTheFirstChunkTogether) {
  Pair pair;
  pair.handshake();
  pair.client.bulk(true);
  pair.server.bulk(true);
  const Bytes head = pattern(500, 1);
  const Bytes body = pattern(50'000, 2);  // below the first window of a connection
  pair.spawn(write_two_parts(pair.client, head, body));
  pair.run();
  pair.spawn(read_once(pair.server, head.size() + body.size()));
  pair.run();
}

TEST(Stream, ResumesTheSessionOfTheSameHost) {
  const auto server = testing::server_context();
  const auto client = testing::client_context();
  for (int connection = 0; connection < 4; ++connection) {
    Pair pair(server, client);
    pair.handshake();
    EXPECT_EQ(pair.client.resumed(), connection > 0);
    EXPECT_EQ(pair.server.resumed(), connection > 0);
    const Bytes sent{1, 2, 3};
    pair.spawn(pair.server.write(sent));
    pair.spawn(read_once(pair.client, 3));  // which also takes the tickets
    pair.run();
  }
  Pair other(server, client);
  other.handshake("127.0.0.1");
  EXPECT_FALSE(other.client.resumed());
}

TEST(Stream, ResumesTls12Sessions) {
  const auto server = testing::server_context();
  const auto client = testing::client_context();
  SSL_CTX_set_max_proto_version(client->native(), TLS1_2_VERSION);
  for (int connection = 0; connection < 3; ++connection) {
    Pair pair(server, client);
    pair.handshake();
    EXPECT_EQ(pair.client.version(), "TLSv1.2");
    EXPECT_EQ(pair.client.resumed(), connection > 0);
    EXPECT_EQ(pair.server.resumed(), connection > 0);
  }
}

TEST(Stream, CarriesBulkInSmallBuffersWhenThePoolIsExhausted) {
  Pair pair(testing::server_context(), testing::client_context(), 0);
  pair.handshake();
  pair.server.bulk(true);
  const Bytes sent = pattern(3 << 20, 5);
  Bytes got(sent.size());
  pair.spawn(pump(pair.client, sent, 65'536));
  pair.spawn(read_exactly(pair.server, got));
  pair.run();
  EXPECT_TRUE(got == sent);
}

TEST(Stream, HoldsNoBufferWhileItIsIdle) {
  Pair pair;
  pair.handshake();
  pair.client.bulk(true);
  pair.server.bulk(true);
  const Bytes sent = pattern(300'000, 1);
  Bytes got(sent.size());
  pair.spawn(pair.client.write(sent));
  pair.spawn(read_exactly(pair.server, got));
  pair.run();
  EXPECT_GE(pair.pool.in_use(), 2 * BufferPool::kLarge);
  pair.client.bulk(false);
  pair.server.bulk(false);
  std::size_t idle = 1;
  net::steady_timer look(pair.client.get_executor(), std::chrono::milliseconds(5));
  look.async_wait([&](error_code) {
    idle = pair.pool.in_use();
    pair.client.reset();
  });
  const std::span one(sent.data(), 1);
  pair.spawn(pair.client.write(one));
  pair.spawn(read_exactly(pair.server, got));
  EXPECT_THROW(pair.run(), system_error);
  EXPECT_EQ(idle, 0U);
}

}  // namespace
}  // namespace kerros::tls
