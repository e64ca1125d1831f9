#include "gateway/tls/deadline.h"

namespace kerros::tls {

// Shared with the timer's handler, which may already be on its way when the connection ends.
struct Deadline::State : std::enable_shared_from_this<State> {
  explicit State(net::ip::tcp::socket& stream_socket)
      : socket(&stream_socket), timer(stream_socket.get_executor()) {}

  void arm() {
    if (due == Time::max() || armed <= due) return;
    armed = due;
    timer.expires_at(due);
    timer.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->fired();
    });
  }

  void fired() {
    armed = Time::max();
    if (socket == nullptr || waiting == 0) return;
    if (std::chrono::steady_clock::now() < due)
      arm();
    else
      expire();
  }

  void expire() {
    expired = true;
    error_code ignored;
    socket->close(ignored);
  }

  net::ip::tcp::socket* socket;
  net::steady_timer timer;
  Time due = Time::max();
  Time armed = Time::max();  // when the timer will fire
  int waiting = 0;
  bool expired = false;
};

Deadline::Deadline(net::ip::tcp::socket& socket) : state_(std::make_shared<State>(socket)) {}

Deadline::~Deadline() {
  state_->socket = nullptr;
  state_->timer.cancel();
}

void Deadline::expires_after(std::chrono::steady_clock::duration duration) {
  const Time now = std::chrono::steady_clock::now();
  set(duration < Time::max() - now ? now + duration : Time::max());
}

void Deadline::expires_never() { set(Time::max()); }

void Deadline::set(Time due) {
  state_->due = due;
  if (state_->waiting > 0) state_->arm();
}

bool Deadline::begin_wait() {
  if (state_->due != Time::max() && std::chrono::steady_clock::now() >= state_->due)
    state_->expire();
  if (state_->expired) return false;
  ++state_->waiting;
  state_->arm();
  return true;
}

void Deadline::end_wait() { --state_->waiting; }

bool Deadline::expired() const { return state_->expired; }

}  // namespace kerros::tls
