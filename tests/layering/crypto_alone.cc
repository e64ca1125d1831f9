// Every header of crypto/ compiles by itself and lets no library through.
#include "crypto/aead.h"
#include "crypto/aead_lengths.h"
#include "crypto/bytes.h"
#include "crypto/check.h"
#include "crypto/derive.h"
#include "crypto/file_keys.h"
#include "crypto/format.h"
#include "crypto/header.h"
#include "crypto/hkdf.h"
#include "crypto/merkle.h"
#include "crypto/offsets.h"
#include "crypto/opener.h"
#include "crypto/quickxor.h"
#include "crypto/random.h"
#include "crypto/result.h"
#include "crypto/sealer.h"
#include "crypto/secret.h"
#include "crypto/whole_file.h"
#include "crypto/wrap.h"

#ifdef SODIUM_VERSION_STRING
#error "a header of crypto/ includes sodium.h: include it in the .cc file"
#endif
#ifdef OPENSSL_VERSION_NUMBER
#error "a header of crypto/ includes OpenSSL: include it in crypto/aead_evp.cc"
#endif
#ifdef MDB_VERSION_MAJOR
#error "crypto/ includes lmdb.h: it knows no store"
#endif
#ifdef BOOST_ASIO_VERSION
#error "crypto/ includes Asio: it knows no network"
#endif
