import '../../support/overHttp2';
import '../hostileRows.test';
