#include "gateway/tls/stream.h"

#include <gtest/gtest.h>

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
  EXPECT_EQ(pair.code_of(read_to_end(pair.client, got)), error_code());
  EXPECT_EQ(got, sent);
  EXPECT_FALSE(pair.server.is_open());
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

}  // namespace
}  // namespace kerros::tls
