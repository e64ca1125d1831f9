#include "gateway/io/io_thread.h"

#include "gateway/io/session.h"

namespace kerros::io {

namespace {

constexpr auto kTick = std::chrono::seconds(5);

net::awaitable<void> accept_loop(IoThread& thread) {
  for (;;) {
    error_code error;
    auto socket =
        co_await thread.acceptor.async_accept(net::redirect_error(net::use_awaitable, error));
    if (!thread.acceptor.is_open()) co_return;
    if (error) {  // out of descriptors: give others the time to end
      net::steady_timer pause(thread.worker.executor, std::chrono::milliseconds(50));
      co_await pause.async_wait(net::redirect_error(net::use_awaitable, error));
      continue;
    }
    Shared& shared = thread.worker.shared;
    if (shared.counters.connections >= shared.snapshots.current()->config.limits.connections)
      continue;  // closed at once: the client sees a refusal, not a silence
    socket.set_option(net::ip::tcp::no_delay(true), error);
    const auto now = shared.snapshots.current();
    net::co_spawn(thread.worker.executor,
                  serve_connection(thread.worker, std::move(socket), now->door_tls,
                                   Front::graph_door(now->config)),
                  net::detached);
  }
}

net::awaitable<void> tick(IoThread& thread) {
  for (;;) {
    net::steady_timer timer(thread.worker.executor, kTick);
    error_code ignored;
    co_await timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
    thread.worker.reads.close_due(*thread.worker.shared.installation.log, now_ms());
  }
}

}  // namespace

IoThread::IoThread(Shared& shared)
    : context(std::make_unique<net::io_context>(1)),
      io(*context),
      work(net::make_work_guard(io)),
      worker(shared, io.get_executor()),
      acceptor(io) {}

IoThread::~IoThread() {
  error_code ignored;
  acceptor.close(ignored);
  worker.upstream.close_all();
  work.reset();
  {
    const auto last = std::move(acceptor);
  }
  context.reset();
}

void IoThread::take(net::ip::tcp::acceptor bound) {
  acceptor = std::move(bound);
  net::co_spawn(io, accept_loop(*this), net::detached);
  net::co_spawn(io, tick(*this), net::detached);
}

void IoThread::stop_accepting() {
  net::post(io, [this] {
    error_code ignored;
    acceptor.close(ignored);
  });
}

void IoThread::join() {
  if (thread.joinable()) thread.join();
}

}  // namespace kerros::io
