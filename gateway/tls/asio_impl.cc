// Asio and Beast, compiled once for the whole project instead of in every file that includes them.
#include <utility>
// <utility> first: see gateway/io/asio.h.

#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
