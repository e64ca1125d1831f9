#include "gateway/tls/engine.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "tests/gateway/tls/openssl_peer.h"

namespace kerros::tls {
namespace {

using namespace testing;  // the kit of this room's tests, not gtest's

constexpr auto kClient = OpensslPeer::Role::kClient;
constexpr auto kServer = OpensslPeer::Role::kServer;

struct EngineTest : ::testing::Test {
  BufferPool pool{8 * BufferPool::kLarge};
  Engine server{server_context(), pool};

  Bytes read(Engine& engine, std::size_t most) {
    Bytes got(most);
    const Step step = engine.read(got);
    got.resize(step.bytes);
    return got;
  }
};
using ServerEngine = EngineTest;

TEST_F(ServerEngine, SpeaksTls12AndTls13) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Engine engine(server_context(), pool);
    OpensslPeer peer(kClient, version, version);
    ASSERT_EQ(shake_hands(engine, peer), Progress::kDone) << engine.failure();
    peer.write({1, 2, 3});
    exchange(engine, peer);
    EXPECT_EQ(read(engine, 10), (Bytes{1, 2, 3}));
  }
}

TEST_F(ServerEngine, RefusesTls11) {
  OpensslPeer peer(kClient, TLS1_VERSION, TLS1_1_VERSION);
  EXPECT_EQ(shake_hands(server, peer), Progress::kFailed);
  EXPECT_EQ(server.error(), Errc::kProtocol);
  EXPECT_EQ(server.failure(), "unsupported protocol");
}

TEST_F(ServerEngine, RefusesAPeerThatOffersOnlyAnotherProtocol) {
  OpensslPeer peer(kClient, TLS1_2_VERSION, TLS1_3_VERSION);
  SSL_set_alpn_protos(peer.ssl(), reinterpret_cast<const unsigned char*>("\x02h2"), 3);
  EXPECT_EQ(shake_hands(server, peer), Progress::kFailed);
  EXPECT_EQ(server.failure(), "no application protocol");
}

TEST_F(ServerEngine, PicksHttp11AmongSeveralProtocols) {
  OpensslPeer peer(kClient, TLS1_2_VERSION, TLS1_3_VERSION);
  SSL_set_alpn_protos(peer.ssl(), reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
  EXPECT_EQ(shake_hands(server, peer), Progress::kDone);
  EXPECT_EQ(server.alpn(), "http/1.1");
}

TEST_F(ServerEngine, RefusesRenegotiation) {
  OpensslPeer peer(kClient, TLS1_2_VERSION, TLS1_2_VERSION);
  ASSERT_EQ(shake_hands(server, peer), Progress::kDone);
  SSL_renegotiate(peer.ssl());
  peer.handshake();
  exchange(server, peer);
  Bytes into(10);
  EXPECT_NE(server.read(into).progress, Progress::kDone);
  const Bytes answer = take_output(server);
  ASSERT_FALSE(answer.empty());
  EXPECT_EQ(answer[0], SSL3_RT_ALERT);
  peer.give(answer);
  EXPECT_LE(peer.handshake(), 0);
  EXPECT_EQ(ERR_GET_REASON(ERR_get_error()), SSL_R_NO_RENEGOTIATION);
}

TEST_F(ServerEngine, FollowsAKeyUpdateAndAnswersIt) {
  OpensslPeer peer(kClient, TLS1_3_VERSION, TLS1_3_VERSION);
  ASSERT_EQ(shake_hands(server, peer), Progress::kDone);
  for (std::uint8_t round = 0; round < 5; ++round) {
    SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_REQUESTED);
    peer.write({round, 1});
    exchange(server, peer);
    ASSERT_EQ(read(server, 10), (Bytes{round, 1})) << server.failure();
    const Bytes answer{round, 2};
    ASSERT_EQ(server.write(answer).bytes, 2U);
    exchange(server, peer);
    ASSERT_EQ(peer.read(), answer);
  }
}

TEST_F(ServerEngine, FollowsAKeyUpdateWhileItsOwnWriteWaitsForRoom) {
  OpensslPeer peer(kClient, TLS1_3_VERSION, TLS1_3_VERSION);
  ASSERT_EQ(shake_hands(server, peer), Progress::kDone);
  const Bytes sent = pattern(40'000, 5);
  const std::size_t first = server.write(sent).bytes;
  ASSERT_EQ(server.write(std::span(sent).subspan(first)).progress, Progress::kNeedsOutput);
  SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_REQUESTED);
  peer.write({7});
  feed(server, peer.take_output());
  ASSERT_EQ(read(server, 10), Bytes{7});
  Bytes got;
  for (std::size_t done = first; got.size() < sent.size();) {
    peer.give(take_output(server));
    const Bytes piece = peer.read();
    ASSERT_FALSE(piece.empty());
    got.insert(got.end(), piece.begin(), piece.end());
    if (done < sent.size()) done += server.write(std::span(sent).subspan(done)).bytes;
  }
  EXPECT_EQ(got, sent);
}

TEST_F(ServerEngine, ReadsARecordCutAtEveryByte) {
  OpensslPeer peer(kClient, TLS1_3_VERSION, TLS1_3_VERSION);
  ASSERT_EQ(shake_hands(server, peer), Progress::kDone);
  const Bytes sent = pattern(300, 6);
  peer.write(sent);
  const std::size_t sealed = peer.take_output().size();
  Engine second(server_context(), pool);
  OpensslPeer other(kClient, TLS1_3_VERSION, TLS1_3_VERSION);
  ASSERT_EQ(shake_hands(second, other), Progress::kDone);
  for (std::size_t cut = 1; cut < sealed; ++cut) {
    other.write(sent);
    const Bytes record = other.take_output();
    Bytes into(400);
    feed(second, std::span(record).first(cut));
    ASSERT_EQ(second.read(into).progress, Progress::kNeedsInput);
    feed(second, std::span(record).subspan(cut));
    ASSERT_EQ(read(second, 400), sent);
  }
}

TEST_F(ServerEngine, CallsAnEndInsideARecordTruncated) {
  OpensslPeer peer(kClient, TLS1_3_VERSION, TLS1_3_VERSION);
  ASSERT_EQ(shake_hands(server, peer), Progress::kDone);
  peer.write(pattern(300, 6));
  const Bytes record = peer.take_output();
  feed(server, std::span(record).first(100));
  server.wire().in_ended();
  Bytes into(400);
  EXPECT_EQ(server.read(into).progress, Progress::kFailed);
  EXPECT_EQ(server.error(), Errc::kTruncated);
}

TEST_F(ServerEngine, RefusesAChangedRecordAndStaysFailed) {
  OpensslPeer peer(kClient, TLS1_3_VERSION, TLS1_3_VERSION);
  ASSERT_EQ(shake_hands(server, peer), Progress::kDone);
  peer.write(pattern(300, 6));
  Bytes record = peer.take_output();
  record.back() ^= 1;
  feed(server, record);
  Bytes into(400);
  EXPECT_EQ(server.read(into).progress, Progress::kFailed);
  EXPECT_EQ(server.error(), Errc::kProtocol);
  EXPECT_EQ(server.read(into).progress, Progress::kFailed);
  EXPECT_EQ(server.write(into).progress, Progress::kFailed);
}

TEST_F(ServerEngine, RefusesPlaintextBeforeTheHandshake) {
  Bytes into(10);
  EXPECT_EQ(server.write(into).progress, Progress::kFailed);
  EXPECT_TRUE(take_output(server).empty());
}

TEST_F(ServerEngine, NeverMakesARecordThatDoesNotFit) {
  OpensslPeer peer(kClient, TLS1_2_VERSION, TLS1_2_VERSION);
  ASSERT_EQ(shake_hands(server, peer), Progress::kDone);
  const Bytes sent = pattern(200'000, 8);
  Bytes got;
  for (std::size_t done = 0, step = 1; done < sent.size(); step += 977) {
    const auto rest = std::span(sent).subspan(done);
    done += server.write(rest.first(std::min(step, rest.size()))).bytes;
    if (step % 3 == 0 || server.wire().out_room() < 2000) peer.give(take_output(server));
    const Bytes piece = peer.read();
    got.insert(got.end(), piece.begin(), piece.end());
  }
  peer.give(take_output(server));
  const Bytes piece = peer.read();
  got.insert(got.end(), piece.begin(), piece.end());
  EXPECT_TRUE(got == sent);
}

TEST(ClientEngine, FollowsAKeyUpdateOfItsServer) {
  BufferPool pool(0);
  Engine client(client_context(), pool);
  OpensslPeer peer(kServer, TLS1_3_VERSION, TLS1_3_VERSION);
  ASSERT_EQ(client.expect_host("localhost"), Progress::kDone);
  ASSERT_EQ(shake_hands(client, peer), Progress::kDone) << client.failure();
  SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_REQUESTED);
  peer.write({1, 2});
  exchange(client, peer);
  Bytes got(10);
  ASSERT_EQ(client.read(got).bytes, 2U);
  ASSERT_EQ(client.write(got).bytes, 10U);
  exchange(client, peer);
  EXPECT_EQ(peer.read(), got);
}

TEST(ClientEngine, RefusesAServerWithoutTls12) {
  BufferPool pool(0);
  Engine client(client_context(), pool);
  OpensslPeer peer(kServer, TLS1_VERSION, TLS1_1_VERSION);
  ASSERT_EQ(client.expect_host("localhost"), Progress::kDone);
  ASSERT_EQ(client.handshake(), Progress::kNeedsInput);
  exchange(client, peer);
  EXPECT_EQ(shake_hands(client, peer), Progress::kFailed);
}

TEST(ClientEngine, RefusesToShakeHandsWithoutAHost) {
  BufferPool pool(0);
  Engine unnamed(client_context(), pool);
  EXPECT_EQ(unnamed.handshake(), Progress::kFailed);
  Engine empty(client_context(), pool);
  EXPECT_EQ(empty.expect_host(""), Progress::kFailed);
}

}  // namespace
}  // namespace kerros::tls
