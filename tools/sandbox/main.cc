// kerros-sandbox: a strict local stand-in of the cloud, for demonstrations, tests and evaluation.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "tools/sandbox/control_routes.h"
#include "tools/sandbox/graph_routes.h"
#include "tools/sandbox/http_server.h"
#include "tools/sandbox/login_routes.h"
#include "tools/sandbox/tenant_routes.h"
#include "tools/sandbox/tls_ca.h"

namespace kerros::sandbox {
namespace {

void describe(CLI::App& app, Options& options) {
  app.add_option("--dir", options.dir, "where the cloud keeps everything")->required();
  app.add_option("--graph-listen", options.graph_listen, "address of graph.microsoft.com");
  app.add_option("--tenant-listen", options.tenant_listen, "address of *.sharepoint.com");
  app.add_option("--login-listen", options.login_listen, "address of login.microsoftonline.com");
  app.add_option("--control-listen", options.control_listen, "address of the tests' own endpoint");
  app.add_option("--user", options.users, "a user that exists (repeatable)");
  app.add_flag("--lenient", options.lenient, "behave as the real service does, not as it says");
  app.add_flag("--public-ports", options.public_ports,
               "print our ports in URLs, and answer as localhost too");
  app.add_flag("--record-bodies", options.record_bodies,
               "append every received body to DIR/received.bodies");
}

std::string address(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

void serve(const Options& options) {
  std::filesystem::create_directories(options.dir);
  ensure_certificates(options.dir / "tls");
  const TlsContext tls = make_server_context(options.dir / "tls");
  Services cloud(options);
  HttpServer graph(cloud, "graph", options.graph_listen, tls.get(), true, serve_graph);
  HttpServer tenant(cloud, "tenant", options.tenant_listen, tls.get(), true, serve_tenant);
  HttpServer login(cloud, "login", options.login_listen, tls.get(), true, serve_login);
  HttpServer control(cloud, "control", options.control_listen, nullptr, false, serve_control);
  cloud.ports = {graph.port(), tenant.port(), login.port(), control.port()};
  for (HttpServer* server : {&graph, &tenant, &login, &control}) server->start();

  std::printf("ready graph=%s tenant=%s login=%s control=%s ca=%s\n",
              address(cloud.ports.graph).c_str(), address(cloud.ports.tenant).c_str(),
              address(cloud.ports.login).c_str(), address(cloud.ports.control).c_str(),
              std::filesystem::absolute(options.dir / "tls" / "ca.pem").c_str());
  std::fflush(stdout);

  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  int received = 0;
  sigwait(&ends, &received);
}

// Before any thread exists, so that all inherit it: signals are for sigwait alone.
void block_signals() {
  sigset_t blocked;
  sigemptyset(&blocked);
  for (const int number : {SIGTERM, SIGINT, SIGPIPE}) sigaddset(&blocked, number);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
}

}  // namespace
}  // namespace kerros::sandbox

int main(int argc, char** argv) {
  using namespace kerros::sandbox;
  CLI::App app("A strict local stand-in of Microsoft's cloud, backed by files");
  Options options;
  describe(app, options);
  CLI11_PARSE(app, argc, argv);
  block_signals();
  try {
    serve(options);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kerros-sandbox: error: %s\n", error.what());
    return 1;
  }
}
