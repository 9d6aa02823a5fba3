import '../../support/overHttp2';
import '../lanes.test';
