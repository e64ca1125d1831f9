#include "gateway/io/process/server.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "gateway/io/doors/listener.h"
#include "gateway/io/process/admin_server.h"
#include "gateway/io/process/io_thread.h"
#include "gateway/io/process/readiness.h"
#include "gateway/io/process/reload.h"
#include "gateway/io/sessions/sweeper.h"
#include "gateway/tls/provider.h"

namespace kerros::io {

namespace {

class Gateway {
 public:
  Gateway(const Config& config, Installation& installation)
      : installation_(installation), snapshots_(nullptr), buffers_(config.limits.buffer_bytes) {}

  Status start(const Config& config);
  void serve_until_told();
  void stop();

 private:
  struct OpenDoor {
    Door door;
    ListenAddress address;
    std::string bound;  // as it is once it is open
  };

  Status add_door(Door door, const std::string& listen);
  Status make_shared_state(const Config& config);
  Status add_doors(const Config& config);
  Status open_doors(const Config& config);
  const std::string& bound(Door door) const;
  void print_ready() const;
  void on_signal(int signal);
  admin::Running running() const;

  Installation& installation_;
  Snapshots snapshots_;
  tls::BufferPool buffers_;
  std::unique_ptr<Shared> shared_;
  DoorBounds bounds_;
  std::vector<AddressLock> address_locks_;
  std::vector<OpenDoor> doors_;  // Graph's first
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::unique_ptr<AdminServer> admin_;
  net::io_context main_io_;
  net::signal_set signals_{main_io_, SIGTERM, SIGINT, SIGHUP};
  BoundPorts ports_;
  std::uint64_t started_ms_ = now_ms();
};

// The first listener decides which port it is; all threads then share it.
Status Gateway::add_door(Door door, const std::string& where) {
  if (where.empty()) return {};
  auto address = parse_listen(where);
  if (!address) return tl::unexpected(address.error());
  auto lock = AddressLock::take(*address);
  if (!lock) return tl::unexpected(lock.error());
  address_locks_.push_back(*std::move(lock));
  const auto probe = listen(main_io_.get_executor(), *address, Share::kYes);
  if (!probe) return tl::unexpected(probe.error());
  address->port = probe->local_endpoint().port();
  doors_.push_back({door, *address, bound_address(*probe)});
  return {};
}

Status Gateway::add_doors(const Config& config) {
  if (auto ok = add_door(Door::kGraph, config.graph_door.listen); !ok) return ok;
  if (auto ok = add_door(Door::kProxy, config.proxy.listen); !ok) return ok;
  if (auto ok = add_door(Door::kRedirect, config.proxy.redirect_listen); !ok) return ok;
  for (const OpenDoor& one : doors_) {
    if (one.door == Door::kGraph) ports_.graph = one.address.port;
    if (one.door == Door::kProxy) ports_.proxy = one.address.port;
  }
  return {};
}

const std::string& Gateway::bound(Door door) const {
  static const std::string none;
  const auto found = std::ranges::find(doors_, door, &OpenDoor::door);
  return found == doors_.end() ? none : found->bound;
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
      std::make_unique<transfer::OwnUrls>(installation_.store->tenant(), std::move(key_of_day)),
      buffers_, *std::move(hash_key), main_io_.get_executor());
  std::error_code failed;
  std::filesystem::create_directories(config.store.spool, failed);
  if (failed)
    return fail(ErrorCode::kUnavailable,
                "spool directory " + config.store.spool + ": " + failed.message());
  ::chmod(config.store.spool.c_str(), 0700);
  return {};
}

Status Gateway::open_doors(const Config& config) {
  const unsigned count = config.limits.threads ? config.limits.threads
                                               : std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < count; ++i) {
    auto thread = std::make_unique<IoThread>(*shared_, bounds_);
    for (const OpenDoor& one : doors_) {
      auto acceptor = listen(thread->worker.executor, one.address, Share::kYes);
      if (!acceptor) return tl::unexpected(acceptor.error());
      thread->take(one.door, *std::move(acceptor));
    }
    threads_.push_back(std::move(thread));
  }
  net::co_spawn(threads_.front()->io, sweep_sessions(threads_.front()->worker), net::detached);
  return {};
}

// The library that seals does the AES of TLS records too; where it cannot, nothing is lost but
// time.
void share_library_with_tls(const Installation& installation) {
  if (installation.backend->name() != "ipsec-mb") return;
  if (auto ok = tls::start_provider(); !ok)
    spdlog::warn("TLS records with openssl: {}", ok.error().detail);
}

Status Gateway::start(const Config& given) {
  if (auto ok = add_doors(given); !ok) return ok;
  const Config config = with_ports(given, ports_);
  share_library_with_tls(installation_);  // before the first TLS context is made
  auto snapshot = Snapshot::make(config);
  if (!snapshot) return tl::unexpected(snapshot.error());
  snapshots_.publish(*std::move(snapshot));
  if (auto ok = make_shared_state(config); !ok) return ok;
  if (auto ok = check_ready(installation_, config); !ok) return ok;
  if (auto ok = open_doors(config); !ok) return ok;
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
      process_record(audit::Event::kStart, "gateway " + bound(Door::kGraph), "done"));
  if (!logged) return tl::unexpected(logged.error());
  for (auto& thread : threads_) thread->run();
  if (const std::string& why = installation_.backend_passed_over; !why.empty())
    spdlog::info("sealing with {}: {}", installation_.backend->name(), why);
  print_ready();
  return {};
}

void Gateway::print_ready() const {
  std::string doors = "graph=" + bound(Door::kGraph);
  if (!bound(Door::kProxy).empty()) doors += " proxy=" + bound(Door::kProxy);
  if (!bound(Door::kRedirect).empty()) doors += " redirect=" + bound(Door::kRedirect);
  std::printf("ready %s admin=%s backend=%s threads=%zu\n", doors.c_str(),
              admin_->address().c_str(), std::string(installation_.backend->name()).c_str(),
              threads_.size());
  std::fflush(stdout);
}

admin::Running Gateway::running() const {
  const Counters& counters = shared_->counters;
  return {bound(Door::kGraph),
          std::string(installation_.backend->name()),
          counters.connections,
          counters.transfers,
          started_ms_,
          {bound(Door::kProxy), bound(Door::kRedirect), counters.tunnels, counters.intercepted,
           counters.proxy_refused},
          threads_.size(),
          tls::provider_runs() ? "ipsec-mb" : "openssl"};
}

void Gateway::on_signal(int signal) {
  if (signal != SIGHUP) {
    main_io_.stop();
    return;
  }
  reload(snapshots_, installation_, ports_);
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
  for (auto& thread : threads_) thread->stop_accepting();
  while (shared_->counters.transfers > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  spdlog::info("stopping with {} transfers under way", shared_->counters.transfers.load());
  for (auto& thread : threads_) thread->io.stop();
  for (auto& thread : threads_) thread->join();
  for (auto& thread : threads_) thread->worker.reads.close_due(now_ms(), true);
  admin_.reset();
  if (bound(Door::kGraph).empty()) return;
  auto record = process_record(audit::Event::kStop, "gateway " + bound(Door::kGraph), "done");
  const auto untold = bounds_.strangers.take_untold() + bounds_.clients.take_untold();
  if (untold > 0) record.details.emplace_back("not-recorded", std::to_string(untold));
  (void)installation_.log->append_and_wait(std::move(record));
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
