#include "gateway/io/server.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

#include "crypto/opener.h"
#include "crypto/random.h"
#include "crypto/sealer.h"
#include "gateway/io/admin_server.h"
#include "gateway/io/listener.h"
#include "gateway/io/session.h"
#include "gateway/io/session_sweeper.h"
#include "gateway/io/worker.h"

namespace kerros::io {

namespace {

constexpr auto kTick = std::chrono::seconds(5);

// One thread with its own io_context and its own acceptor on the shared address.
// Going, it gives up its sockets first, then the coroutines still waiting in it, which refer to the
// worker, then the worker.
struct Thread {
  explicit Thread(Shared& shared)
      : context(std::make_unique<net::io_context>(1)),
        io(*context),
        work(net::make_work_guard(io)),
        worker(shared, io.get_executor()),
        acceptor(io) {}
  ~Thread() {
    error_code ignored;
    acceptor.close(ignored);
    worker.upstream.close_all();
    work.reset();
    {
      const auto last = std::move(acceptor);
    }
    context.reset();
  }
  std::unique_ptr<net::io_context> context;
  net::io_context& io;
  net::executor_work_guard<net::io_context::executor_type> work;
  Worker worker;
  net::ip::tcp::acceptor acceptor;
  std::thread thread;
};

audit::Record own_record(audit::Event event, std::string target, std::string status) {
  audit::Record record;
  record.time_ms = now_ms();
  record.event = event;
  record.actor = "kerros-gateway";
  record.right = "process";
  record.source = "pid " + std::to_string(::getpid());
  record.target = audit::as_field(target);
  record.status = std::move(status);
  return record;
}

net::awaitable<void> accept_loop(Thread& thread) {
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
    net::co_spawn(
        thread.worker.executor,
        serve_connection(thread.worker, std::move(socket), shared.snapshots.current()->door_tls),
        net::detached);
  }
}

net::awaitable<void> tick(Thread& thread) {
  for (;;) {
    net::steady_timer timer(thread.worker.executor, kTick);
    error_code ignored;
    co_await timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
    thread.worker.reads.close_due(*thread.worker.shared.installation.log, now_ms());
  }
}

// Ready means: a file really can be sealed and opened, the store and the log can be written.
Status check_ready(Installation& installation, const Config& config) {
  if (auto ok = installation.log->health(); !ok) return ok;
  if (auto ok = installation.store->check_writable(); !ok) return ok;
  std::optional<crypto::Sealer> sealer;
  auto made = installation.store->make_key(
      {installation.unit, config.sealing.suite, now_ms()},
      [&](const crypto::Header& header, const crypto::Salt& salt,
          ByteView dek) -> Result<crypto::Commitment> {
        auto fresh = crypto::Sealer::make(*installation.backend, header, salt, dek);
        if (!fresh) return tl::unexpected(fresh.error());
        sealer.emplace(*std::move(fresh));
        return sealer->commitment();
      });
  if (!made) return tl::unexpected(made.error());
  std::array<std::uint8_t, 32> chunk{};
  if (auto ok = sealer->seal_chunk(0, ByteView(chunk).first(16), chunk); !ok) return ok;
  const auto dek = installation.store->unlock(made->sealed);
  if (!dek) return tl::unexpected(dek.error());
  const auto prefix = crypto::decode_prefix(sealer->prefix());
  if (!prefix) return tl::unexpected(prefix.error());
  auto opener = crypto::Opener::make(*installation.backend, *prefix, std::as_const(*dek).reveal());
  if (!opener) return tl::unexpected(opener.error());
  std::array<std::uint8_t, 16> plain{};
  return opener->open_chunk(0, crypto::Last::kYes, chunk, plain);
}

// With port 0 the kernel's choice belongs into the public name, which own URLs are made of.
Config with_port(Config config, std::uint16_t port) {
  if (config.graph_door.listen.ends_with(":0"))
    config.graph_door.name += ":" + std::to_string(port);
  return config;
}

class Gateway {
 public:
  Gateway(const Config& config, Installation& installation)
      : installation_(installation), snapshots_(nullptr), buffers_(config.limits.buffer_bytes) {}

  Status start(const Config& config);
  void serve_until_told();
  void stop();

 private:
  Status choose_port(ListenAddress& address);
  Status make_shared_state(const Config& config);
  Status open_doors(const Config& config, const ListenAddress& address);
  void settle_queues();
  void on_signal(int signal);
  void reload();
  Status publish(std::shared_ptr<const Snapshot> next);
  admin::Running running() const;

  Installation& installation_;
  Snapshots snapshots_;
  tls::BufferPool buffers_;
  std::unique_ptr<Shared> shared_;
  std::optional<AddressLock> address_lock_;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::unique_ptr<AdminServer> admin_;
  net::io_context main_io_;
  net::signal_set signals_{main_io_, SIGTERM, SIGINT, SIGHUP};
  std::uint16_t port_ = 0;
  std::string graph_address_;
  std::uint64_t started_ms_ = now_ms();
};

// The first listener decides which port it is; all threads then share it.
Status Gateway::choose_port(ListenAddress& address) {
  const auto probe = listen(main_io_.get_executor(), address, Share::kYes);
  if (!probe) return tl::unexpected(probe.error());
  port_ = address.port = probe->local_endpoint().port();
  return {};
}

Status Gateway::make_shared_state(const Config& config) {
  auto hash_key = installation_.store->derived_key(crypto::Purpose::kOpaqueName, {});
  if (!hash_key) return tl::unexpected(hash_key.error());
  auto key_of_day = [this](std::uint32_t day) {
    std::array<std::uint8_t, 4> context{};
    store_be(context, day);
    return installation_.store->derived_key(crypto::Purpose::kUrlToken, context);
  };
  shared_ = std::make_unique<Shared>(
      installation_, snapshots_,
      std::make_unique<transfer::OwnUrls>(config.graph_door.name, installation_.store->tenant(),
                                          std::move(key_of_day)),
      buffers_, *std::move(hash_key));
  std::error_code failed;
  std::filesystem::create_directories(config.store.spool, failed);
  if (failed)
    return fail(ErrorCode::kUnavailable,
                "spool directory " + config.store.spool + ": " + failed.message());
  ::chmod(config.store.spool.c_str(), 0700);
  return {};
}

Status Gateway::open_doors(const Config& config, const ListenAddress& address) {
  const unsigned count = config.limits.threads ? config.limits.threads
                                               : std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < count; ++i) {
    auto thread = std::make_unique<Thread>(*shared_);
    auto acceptor = listen(thread->worker.executor, address, Share::kYes);
    if (!acceptor) return tl::unexpected(acceptor.error());
    graph_address_ = bound_address(*acceptor);
    thread->acceptor = *std::move(acceptor);
    net::co_spawn(thread->io, accept_loop(*thread), net::detached);
    net::co_spawn(thread->io, tick(*thread), net::detached);
    threads_.push_back(std::move(thread));
  }
  net::co_spawn(threads_.front()->io, sweep_sessions(threads_.front()->worker), net::detached);
  return {};
}

Status Gateway::start(const Config& given) {
  auto address = parse_listen(given.graph_door.listen);
  if (!address) return tl::unexpected(address.error());
  auto lock = AddressLock::take(*address);
  if (!lock) return tl::unexpected(lock.error());
  address_lock_.emplace(*std::move(lock));
  if (auto ok = choose_port(*address); !ok) return ok;
  const Config config = with_port(given, port_);
  auto snapshot = Snapshot::make(config);
  if (!snapshot) return tl::unexpected(snapshot.error());
  snapshots_.publish(*std::move(snapshot));
  if (auto ok = make_shared_state(config); !ok) return ok;
  if (auto ok = check_ready(installation_, config); !ok) return ok;
  if (auto ok = open_doors(config, *address); !ok) return ok;
  auto admin =
      AdminServer::start(config, snapshots_, installation_,
                         {[this] {
                            if (shared_->draining)
                              return Status(fail(ErrorCode::kUnavailable, "draining"));
                            return check_ready(installation_, snapshots_.current()->config);
                          },
                          [this] { return running(); }});
  if (!admin) return tl::unexpected(admin.error());
  admin_ = *std::move(admin);
  const auto logged = installation_.log->append_and_wait(
      own_record(audit::Event::kStart, "gateway " + graph_address_, "done"));
  if (!logged) return tl::unexpected(logged.error());
  for (auto& thread : threads_) thread->thread = std::thread([io = &thread->io] { io->run(); });
  std::printf("ready graph=%s admin=%s backend=%s threads=%zu\n", graph_address_.c_str(),
              admin_->address().c_str(), std::string(installation_.backend->name()).c_str(),
              threads_.size());
  std::fflush(stdout);
  return {};
}

admin::Running Gateway::running() const {
  return {graph_address_, std::string(installation_.backend->name()), shared_->counters.connections,
          shared_->counters.transfers, started_ms_};
}

// A whole new snapshot or the old one with the reason: never half of either, and never one that the
// log does not know of.
void Gateway::reload() {
  const auto before = snapshots_.current();
  auto config = load_config(before->config.file);
  auto next = config ? Snapshot::make(with_port(*std::move(config), port_))
                     : Result<std::shared_ptr<const Snapshot>>(tl::unexpected(config.error()));
  const Status published = next ? publish(*std::move(next)) : tl::unexpected(next.error());
  if (published) return;
  const std::string why = audit::as_field(published.error().detail);
  spdlog::error("reload refused, the old configuration stays: {}", why);
  auto record = own_record(audit::Event::kConfigRefused, before->config.file, "refused");
  record.details.emplace_back("why", why);
  installation_.log->append(std::move(record), [](const Result<std::uint64_t>&) {});
}

Status Gateway::publish(std::shared_ptr<const Snapshot> next) {
  constexpr std::size_t kMostLines = 60;
  const auto before = snapshots_.current();
  auto record = own_record(audit::Event::kConfigLoaded, before->config.file, "done");
  for (const auto& line : difference(before->config, next->config)) {
    const bool room = record.details.size() < kMostLines;
    record.details.emplace_back("difference", room ? audit::as_field(line) : "...");
    if (!room) break;
  }
  const auto logged = installation_.log->append_and_wait(std::move(record));
  if (!logged) return tl::unexpected(logged.error());
  for (const auto& key : needs_restart(before->config, next->config))
    spdlog::warn("reload: {} takes effect at the next start", key);
  spdlog::set_level(spdlog::level::from_str(next->config.log_level));
  snapshots_.publish(std::move(next));
  spdlog::info("configuration reloaded");
  return {};
}

void Gateway::on_signal(int signal) {
  if (signal != SIGHUP) {
    main_io_.stop();
    return;
  }
  reload();
  signals_.async_wait([this](const error_code& error, int next) {
    if (!error) on_signal(next);
  });
}

void Gateway::serve_until_told() {
  signals_.async_wait([this](const error_code& error, int signal) {
    if (!error) on_signal(signal);
  });
  main_io_.run();
}

// No new connections; transfers under way get their time; sessions stay resumable in any case.
void Gateway::stop() {
  shared_->draining = true;
  const auto limit = snapshots_.current()->config.limits.drain;
  const auto until = std::chrono::steady_clock::now() + limit;
  for (auto& thread : threads_)
    net::post(thread->io, [acceptor = &thread->acceptor] {
      error_code ignored;
      acceptor->close(ignored);
    });
  while (shared_->counters.transfers > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  spdlog::info("stopping with {} transfers under way", shared_->counters.transfers.load());
  for (auto& thread : threads_) thread->io.stop();
  for (auto& thread : threads_)
    if (thread->thread.joinable()) thread->thread.join();
  for (auto& thread : threads_) thread->worker.reads.close_due(*installation_.log, now_ms(), true);
  admin_.reset();
  if (!graph_address_.empty())
    (void)installation_.log->append_and_wait(
        own_record(audit::Event::kStop, "gateway " + graph_address_, "done"));
}

}  // namespace

Status run_gateway(const Config& config, Installation& installation) {
  Gateway gateway(config, installation);
  if (auto ok = gateway.start(config); !ok) return ok;
  gateway.serve_until_told();
  gateway.stop();
  return {};
}

}  // namespace kerros::io
