# What every script here needs: a WordPress from Debian's packages on loopback, whose data live in a
# temporary folder and whose processes end by pid. To be sourced; sets $here, $work and $port.

has() { command -v php >/dev/null && php -r 'exit((int) !extension_loaded($argv[1]));' "$1"; }

# Ends with 2 where a package or the program is absent.
need_packages() {
  local missing=()
  [ -d /usr/share/wordpress/wp-includes ] || missing+=(wordpress)
  [ -d /usr/share/wordpress/wp-content/themes/twentytwentyone ] || missing+=(wordpress-theme-twentytwentyone)
  has mysqli || missing+=(php-cli php-mysql)
  has gd || missing+=(php-gd)
  has simplexml || missing+=(php-xml)
  [ -x /usr/sbin/mariadbd ] || missing+=(mariadb-server)
  if [ ${#missing[@]} -gt 0 ]; then
    echo "a real WordPress needs these Debian packages: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 2
  fi
}

database='' web=''
tidy() {
  stop_web
  [ -z "$database" ] || { kill "$database" 2>/dev/null && wait "$database" 2>/dev/null; } || true
  if [ -n "${KEEP:-}" ]; then echo "kept: $work"; else rm -rf "$work"; fi
}

# A database on a private socket, without a network.
start_database() {
  mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$work/db" --auth-root-authentication-method=normal \
    --skip-test-db >"$work/install-db.log" 2>&1
  /usr/sbin/mariadbd --no-defaults --user="$(id -un)" --datadir="$work/db" --socket="$work/db.sock" \
    --pid-file="$work/db.pid" --skip-networking --innodb-flush-log-at-trx-commit=0 >"$work/db.log" 2>&1 &
  database=$!
  for _ in $(seq 200); do
    mariadb-admin --no-defaults --user=root --socket="$work/db.sock" ping >/dev/null 2>&1 && break
    kill -0 "$database" 2>/dev/null || { cat "$work/db.log" >&2; exit 1; }
    sleep 0.1
  done
}

install_wordpress() {
  cp -rL /usr/share/wordpress "$work/wp"
  mkdir -p "$work/wp/wp-content/uploads"
  rm -f "$work/wp/wp-config.php" "$work/wp/.htaccess"
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat >"$work/wp/wp-config.php" <<PHP
<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:$work/db.sock'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', 'http://127.0.0.1:$port'); define('WP_SITEURL', WP_HOME);
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEFAULT_THEME', 'twentytwentyone');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as \$k) { define(\$k . '_KEY', \$k); define(\$k . '_SALT', \$k); }
\$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
PHP
  mariadb --no-defaults --user=root --socket="$work/db.sock" -e 'create database wordpress character set utf8mb4'
}

# start_web NAME: serves WordPress and logs what is asked to $work/NAME.log.
start_web() {
  WORDPRESS="$work/wp" ACCESS_LOG="$work/$1.log" PHP_CLI_SERVER_WORKERS=3 setsid \
    php -d opcache.enable_cli=1 -S "127.0.0.1:$port" -t "$work/wp" "$here/router.php" >"$work/php-$1.log" 2>&1 &
  web=$!
  for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
}

# The web server's workers are in a group of their own, as setsid began it.
stop_web() {
  [ -z "$web" ] || { kill -- "-$web" 2>/dev/null; wait "$web" 2>/dev/null; } || true
  web=''
}

# make_desk FOLDER: a configuration for the one site.
make_desk() {
  mkdir -p "$1/config/sites"
  printf '[corpus]\ncontact = "mailto:curator@partner.example"\n[crawl]\ndelay = "0s"\nallow_addresses = ["127.0.0.1:%s"]\n' \
    "$port" >"$1/config/thresh.toml"
  printf 'id = "wp"\nname = "Harbour Desk"\nseeds = ["http://127.0.0.1:%s/"]\norigins = ["http://127.0.0.1:%s"]\nnoise = ["common", "wordpress"]\n' \
    "$port" "$port" >"$1/config/sites/wp.toml"
}
