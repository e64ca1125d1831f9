#include "gateway/io/process/io_thread.h"

#include "gateway/io/doors/proxy.h"
#include "gateway/io/doors/redirect.h"
#include "gateway/io/road/connection.h"

namespace kerros::io {

namespace {

constexpr auto kTick = std::chrono::seconds(5);

net::awaitable<void> serve_at(Worker& worker, DoorBounds& bounds, Door door,
                              net::ip::tcp::socket socket) {
  const Counted counted(worker.shared.counters.connections);
  const auto now = worker.shared.snapshots.current();
  switch (door) {
    case Door::kGraph:
      co_return co_await serve_connection(worker, std::move(socket), now->door_tls,
                                          Front::graph_door(now->config));
    case Door::kProxy:
      co_return co_await serve_proxy(worker, bounds, std::move(socket));
    case Door::kRedirect:
      co_return co_await serve_redirected(worker, bounds, std::move(socket));
  }
}

net::awaitable<void> accept_loop(Worker& worker, DoorBounds& bounds, Door door,
                                 net::ip::tcp::acceptor& acceptor) {
  for (;;) {
    error_code error;
    auto socket = co_await acceptor.async_accept(net::redirect_error(net::use_awaitable, error));
    if (!acceptor.is_open()) co_return;
    if (error) {  // out of descriptors: give others the time to end
      net::steady_timer pause(worker.executor, std::chrono::milliseconds(50));
      co_await pause.async_wait(net::redirect_error(net::use_awaitable, error));
      continue;
    }
    Shared& shared = worker.shared;
    if (shared.counters.connections >= shared.snapshots.current()->config.limits.connections)
      continue;  // closed at once: the client sees a refusal, not a silence
    socket.set_option(net::ip::tcp::no_delay(true), error);
    net::co_spawn(worker.executor, serve_at(worker, bounds, door, std::move(socket)),
                  net::detached);
  }
}

net::awaitable<void> tick(IoThread& thread) {
  for (;;) {
    net::steady_timer timer(thread.worker.executor, kTick);
    error_code ignored;
    co_await timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
    thread.worker.reads.close_due(now_ms());
  }
}

}  // namespace

IoThread::IoThread(Shared& shared, DoorBounds& for_doors)
    : context(std::make_unique<net::io_context>(1)),
      io(*context),
      work(net::make_work_guard(io)),
      worker(shared, io.get_executor()),
      bounds(for_doors) {}

IoThread::~IoThread() {
  error_code ignored;
  for (auto& acceptor : acceptors) acceptor.close(ignored);
  worker.upstream.close_all();
  work.reset();
  acceptors.clear();
  context.reset();
}

void IoThread::take(Door door, net::ip::tcp::acceptor bound) {
  acceptors.push_back(std::move(bound));
  net::co_spawn(io, accept_loop(worker, bounds, door, acceptors.back()), net::detached);
}

void IoThread::run() {
  net::co_spawn(io, tick(*this), net::detached);
  thread = std::thread([this] { io.run(); });
}

void IoThread::stop_accepting() {
  net::post(io, [this] {
    error_code ignored;
    for (auto& acceptor : acceptors) acceptor.close(ignored);
  });
}

void IoThread::join() {
  if (thread.joinable()) thread.join();
}

}  // namespace kerros::io
