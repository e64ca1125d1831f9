// The record boundary of our TLS against any octets: a peer's true records cut, changed, dropped
// and mixed with others', before the handshake, in it and after it. Plaintext that comes out is
// what the peer wrote, in order, and a connection that failed stays failed.
#include <openssl/err.h>

#include <algorithm>
#include <stdexcept>

#include "tests/fuzz/check.h"
#include "tests/gateway/tls/openssl_peer.h"

using namespace kerros::tls;
using testing::Bytes;
using testing::OpensslPeer;

namespace {

constexpr std::size_t kStep = 2;        // octets of one step: what, and how much or where
constexpr std::size_t kMostSteps = 64;  // a longer input tells nothing new

bool is_beginning(const Bytes& part, const Bytes& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

std::shared_ptr<Context> context_of(bool server) {
  static const auto as_server = testing::server_context();
  static const auto as_client = testing::client_context();
  return server ? as_server : as_client;
}

class Connection {
 public:
  Connection(bool server, int version)
      : engine_(context_of(server), pool_),
        peer_(server ? OpensslPeer::Role::kClient : OpensslPeer::Role::kServer, version, version) {
    if (!server) FUZZ_CHECK(engine_.expect_host("localhost") == Progress::kDone);
    move_peer();
    advance();
  }

  void shake_hands() {
    for (int round = 0; round < 6 && !engine_.is_ready(); ++round) deliver(queue_.size());
    FUZZ_CHECK(engine_.is_ready());
    deliver(queue_.size());
  }

  void peer_writes(std::size_t size) {
    if (peer_broken_ || !SSL_is_init_finished(peer_.ssl())) return;
    const Bytes text = testing::pattern(size, sent_.size());
    try {
      peer_.write(text);
    } catch (const std::runtime_error&) {  // it heard our alert
      peer_broken_ = true;
      return;
    }
    sent_.insert(sent_.end(), text.begin(), text.end());
    take_from_peer();
  }

  // Hands over the next `size` octets of what the peer sent.
  void deliver(std::size_t size) {
    size = std::min(size, queue_.size());
    const Bytes piece(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(size));
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(size));
    hand_over(piece);
  }

  void inject(std::span<const std::uint8_t> octets) {
    tampered_ = true;
    hand_over({octets.begin(), octets.end()});
  }

  void flip(std::size_t place) {
    if (queue_.empty()) return;
    tampered_ = true;
    queue_[place % queue_.size()] ^= static_cast<std::uint8_t>(1 + place / 32);
  }

  void drop(std::size_t size) {
    tampered_ = tampered_ || size > 0;
    queue_.erase(queue_.begin(),
                 queue_.begin() + static_cast<std::ptrdiff_t>(std::min(size, queue_.size())));
  }

  void engine_writes(std::size_t size) {
    if (!engine_.is_ready()) return;
    const Bytes text = testing::pattern(size, written_.size());
    const Step step = engine_.write(text);
    FUZZ_CHECK(step.bytes <= size);
    if (step.progress != Progress::kDone) FUZZ_CHECK(step.bytes == 0);
    written_.insert(written_.end(), text.begin(),
                    text.begin() + static_cast<std::ptrdiff_t>(step.bytes));
    note(step.progress);
    move_peer();
  }

  void peer_speaks(unsigned what) {
    if (peer_broken_ || !SSL_is_init_finished(peer_.ssl())) return;
    if (what % 3 == 0) {
      closed_ = true;
      SSL_shutdown(peer_.ssl());
      peer_broken_ = true;  // it writes no more
    } else {
      SSL_key_update(peer_.ssl(), what % 3 == 1 ? SSL_KEY_UPDATE_REQUESTED : 0);
      SSL_do_handshake(peer_.ssl());
    }
    ERR_clear_error();
    take_from_peer();
  }

  void engine_turns(unsigned what) {
    if (what % 4 == 3) {
      engine_.wire().in_ended();
      tampered_ = true;
    } else if (what % 4 == 2) {
      note(engine_.close());
      closing_ = true;
    } else {
      engine_.bulk(what % 4 == 1);
    }
    advance();
  }

  void finish() {
    for (int round = 0; round < 8 && !queue_.empty(); ++round) deliver(queue_.size());
    if (!tampered_ && !closing_ && engine_.is_ready() && SSL_is_init_finished(peer_.ssl()))
      FUZZ_CHECK(got_ == sent_);
    if (!tampered_ && !closing_) FUZZ_CHECK(!failed_);
  }

 private:
  void hand_over(const Bytes& octets) {
    for (std::size_t at = 0; at < octets.size() && !over_;) {
      const auto room = engine_.wire().in_room();
      const std::size_t size = std::min(room.size(), octets.size() - at);
      testing::feed(engine_, std::span(octets).subspan(at, size));
      at += size;
      advance();
    }
  }

  // Everything that can be done with what is there.
  void advance() {
    if (!engine_.is_ready()) note(engine_.handshake());
    move_peer();
    while (engine_.is_ready() && !over_) {
      Bytes into(5000);
      const Step step = engine_.read(into);
      FUZZ_CHECK(step.bytes <= into.size());
      got_.insert(got_.end(), into.begin(), into.begin() + static_cast<std::ptrdiff_t>(step.bytes));
      FUZZ_CHECK(is_beginning(got_, sent_));
      note(step.progress);
      if (step.progress == Progress::kEnd) {
        FUZZ_CHECK(closed_ && got_ == sent_);
        over_ = true;
      }
      if (step.progress != Progress::kDone) break;
    }
    if (!failed_ && !over_) FUZZ_CHECK(engine_.wire().in_pending() == 0);
    move_peer();
  }

  void note(Progress progress) {
    if (failed_) FUZZ_CHECK(progress == Progress::kFailed);
    if (progress != Progress::kFailed) return;
    FUZZ_CHECK(engine_.error() && !engine_.failure().empty());
    failed_ = over_ = true;
  }

  // What we say reaches the peer as it is, and what it makes of it waits in the queue.
  void move_peer() {
    peer_.give(testing::take_output(engine_));
    if (!SSL_is_init_finished(peer_.ssl())) SSL_do_handshake(peer_.ssl());
    ERR_clear_error();
    if (SSL_is_init_finished(peer_.ssl())) {
      const Bytes read = peer_.read();
      heard_.insert(heard_.end(), read.begin(), read.end());
      FUZZ_CHECK(is_beginning(heard_, written_));
    }
    take_from_peer();
  }

  void take_from_peer() {
    const Bytes output = peer_.take_output();
    queue_.insert(queue_.end(), output.begin(), output.end());
  }

  BufferPool pool_{4 * BufferPool::kLarge};
  Engine engine_;
  OpensslPeer peer_;
  Bytes queue_;            // on its way from the peer to us
  Bytes sent_, got_;       // plaintext towards us
  Bytes written_, heard_;  // and from us
  bool tampered_ = false, closed_ = false, closing_ = false, peer_broken_ = false;
  bool failed_ = false, over_ = false;
};

}  // namespace

// Input: a choice (1: we are the client, 2: TLS 1.2, 4: shake hands first), then steps; the octets
// of an injection follow its step.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::span<const std::uint8_t> rest(data + 1, size - 1);
  Connection connection((data[0] & 1) == 0, (data[0] & 2) != 0 ? TLS1_2_VERSION : TLS1_3_VERSION);
  if ((data[0] & 4) != 0) connection.shake_hands();
  for (std::size_t steps = 0; rest.size() >= kStep && steps < kMostSteps; ++steps) {
    const std::uint8_t what = rest[0];
    const std::size_t amount = rest[1];
    rest = rest.subspan(kStep);
    switch (what % 8) {
      case 0:
        connection.peer_writes(1 + amount * 150);
        break;
      case 1:
        connection.deliver(amount == 255 ? SIZE_MAX : amount * 3);
        break;
      case 2:
        connection.inject(rest.first(std::min(amount, rest.size())));
        rest = rest.subspan(std::min(amount, rest.size()));
        break;
      case 3:
        connection.flip(amount * 7);
        break;
      case 4:
        connection.drop(amount);
        break;
      case 5:
        connection.engine_writes(1 + amount * 150);
        break;
      case 6:
        connection.peer_speaks(static_cast<unsigned>(amount));
        break;
      default:
        connection.engine_turns(static_cast<unsigned>(amount));
    }
  }
  connection.finish();
  return 0;
}
