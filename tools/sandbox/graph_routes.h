// The Graph host, and the same tree of resources on the tenant hosts: who may speak, which handler
// answers.
//
// Thread safety: called by many threads.
#pragma once

#include <span>

#include "tools/sandbox/graph_call.h"

namespace kerros::sandbox {

struct Route {
  std::string_view method;
  Subject subject;
  std::string_view relation;  // segments after the subject; '*' stands for one of them
  Reply (*handler)(GraphCall&);
};
std::span<const Route> graph_routes();  // the table, in graph_table.cc

Reply serve_graph(Exchange& exchange);
// One request at an open door: also a part of a batch.
Reply serve_part(Exchange& exchange, Door door);

}  // namespace kerros::sandbox
