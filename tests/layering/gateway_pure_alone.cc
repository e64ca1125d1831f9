// Every header of the pure gateway rooms compiles without a network, a store or a JSON library.
#include "gateway/graph/classify.h"
#include "gateway/graph/error_body.h"
#include "gateway/graph/grammar.h"
#include "gateway/graph/head.h"
#include "gateway/graph/json_text.h"
#include "gateway/graph/percent.h"
#include "gateway/graph/query.h"
#include "gateway/graph/range.h"
#include "gateway/graph/request_fields.h"
#include "gateway/graph/response_fields.h"
#include "gateway/graph/rewrite_item.h"
#include "gateway/graph/routes.h"
#include "gateway/graph/session_json.h"
#include "gateway/graph/target.h"
#include "gateway/graph/url_tokens.h"
#include "gateway/graph/verb.h"
#include "gateway/policy/caller.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/fold.h"
#include "gateway/sharepoint/classify_tenant.h"

#ifdef BOOST_ASIO_VERSION
#error "a pure room of gateway/ includes Asio: it knows no network"
#endif
#ifdef OPENSSL_VERSION_NUMBER
#error "a pure room of gateway/ includes OpenSSL: it knows no TLS"
#endif
#ifdef MDB_VERSION_MAJOR
#error "a pure room of gateway/ includes lmdb.h: it knows no store"
#endif
#ifdef SODIUM_VERSION_STRING
#error "a pure room of gateway/ includes sodium.h: crypto/ hides it"
#endif
#ifdef SIMDJSON_VERSION
#error "a header of gateway/graph/ includes simdjson: include it in the .cc file"
#endif
#ifdef NLOHMANN_JSON_VERSION_MAJOR
#error "a header of gateway/ includes nlohmann/json: include it in the .cc file"
#endif
